"""Writing files so that a reader finds the old one or the new one, never half of one."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from pathlib import Path

from immune_sim.core.errors import OutputError

FULL = {errno.ENOSPC, errno.EDQUOT}


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file beside its place and move it there; raises OutputError with the reason if that fails."""
    raw = content.encode("utf-8") if isinstance(content, str) else content
    try:
        handle, waiting = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            Path(waiting).chmod(0o666 & ~_umask())
            Path(waiting).replace(path)
        except BaseException:
            Path(waiting).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise cannot_write(path, error) from error


def make_folder(path: Path) -> None:
    """Make a folder and those above it; raises OutputError with the reason if that fails."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> OutputError:
    """What to tell about a failed write."""
    reason = (error.strerror or str(error)).lower()
    remedy = "Choose another place with --out."
    if error.errno in FULL:
        remedy = "What was written before is kept: make room and give the same command again."
    return OutputError(f"{path} cannot be written: {reason}. {remedy}")


def sha256(path: Path) -> str:
    """Hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _umask() -> int:
    present = os.umask(0)
    os.umask(present)
    return present
