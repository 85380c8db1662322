"""A checkpoint: the state of a run in one file, from which it goes on bit for bit.

The file is a NumPy archive (.npz): one array per column, and one text of JSON for everything that is not an array. Its
last 64 bytes, the comment of the archive, are the SHA-256 of all bytes before them, so that no damage passes. It is
written beside its place and then moved there, so that a file is always whole. Nothing in it is ever executed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from immune_sim import __version__
from immune_sim.core.errors import CheckpointError, OutputError, ScenarioError
from immune_sim.model import frozen

if TYPE_CHECKING:
    from immune_sim.model.model import TumorImmuneModel

FORMAT = 1
TEXT = "immune-sim-checkpoint"  # the first entry of the archive; its name marks the file as ours
MARK = b"sha256 "
DIGEST = 64
OURS = "Give a file that --checkpoint-every or model.save wrote."
ANEW = "Go on from an earlier checkpoint of the run, or start the run again."


def save(model: TumorImmuneModel, path: Path) -> Path:
    """Write the state of a model; an older checkpoint of that name is replaced once the new one is whole.

    Raises CheckpointError in the middle of an hour, and OutputError if the file cannot be written.
    """
    text, arrays = frozen.freeze(model)
    head = {"format": FORMAT, "version": __version__}
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            with unfinished.open("x+b") as file:
                _write(file, json.dumps(head | text, default=_plain).encode(), arrays)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        _settle(path.parent)
    except OSError as error:
        raise OutputError(
            f"{path}: the checkpoint cannot be written: {error.strerror or error}. "
            "Choose a folder that exists, with room in it."
        ) from error
    return path


def _write(file: Any, text: bytes, arrays: Mapping[str, np.ndarray]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in {TEXT: np.frombuffer(text, dtype=np.uint8), **arrays}.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.ascontiguousarray(array), allow_pickle=False)
        archive.comment = MARK + b"0" * DIGEST
    end = file.seek(-DIGEST, os.SEEK_END)
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(min(1 << 20, end - file.tell())):
        digest.update(part)
    file.write(digest.hexdigest().encode())


def _plain(value: Any) -> Any:
    """NumPy's numbers and small arrays as JSON has them."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} does not go into a checkpoint")


def _settle(folder: Path) -> None:
    """Make the move itself last through a loss of power, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def load[M: TumorImmuneModel](
    cls: type[M],
    path: Path,
    *,
    threads: int,
    processes: Mapping[str, Callable[[M], Any]],
    drop_events: bool,
    **reporters: Any,
) -> M:
    """A model of this class in the saved state; see TumorImmuneModel.load."""
    text, arrays = read(path)
    try:
        return frozen.thaw(
            cls, text, arrays, threads=threads, processes=processes, drop_events=drop_events, **reporters
        )
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from error
    except ScenarioError as error:
        raise CheckpointError(
            f"{path}: its scenario cannot be read by version {__version__}, it was written by version "
            f"{text['version']}. Install that one to go on.\n{error}"
        ) from error
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"{path}: it does not hold what version {__version__} keeps, it was written by version "
            f"{text['version']}. Install that one to go on."
        ) from error


def read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The text and the arrays of a checkpoint; raises CheckpointError if it is damaged, foreign or newer."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CheckpointError(
            f"{path}: the checkpoint cannot be read: {error.strerror or error}. Check the name."
        ) from error
    _check(path, data)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            text: dict[str, Any] = json.loads(archive[TEXT].tobytes())
            if int(text["format"]) > FORMAT:
                raise CheckpointError(
                    f"{path}: written by immune-sim {text['version']} in format {text['format']}; "
                    f"this is {__version__}, which reads format {FORMAT}. Update immune-sim to go on."
                )
            return text, {name: archive[name] for name in archive.files if name != TEXT}
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"{path}: not a checkpoint of immune-sim. {OURS}") from error


def _check(path: Path, data: bytes) -> None:
    """Raise CheckpointError unless the bytes are those that were written."""
    body, digest = data[:-DIGEST], data[-DIGEST:]
    named = data[30 : 30 + len(TEXT)] == TEXT.encode()  # 30 bytes of header stand before the name of the first entry
    if not named and not body.endswith(MARK):
        what = "is not a checkpoint of immune-sim" if data else "is empty"
        raise CheckpointError(f"{path}: {what}. {OURS} If this was one, {ANEW[0].lower()}{ANEW[1:]}")
    if not body.endswith(MARK):
        raise CheckpointError(f"{path}: the checkpoint was cut off: its end is missing. {ANEW}")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise CheckpointError(f"{path}: the checkpoint is damaged: its content does not match its SHA-256. {ANEW}")
