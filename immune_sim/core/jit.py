"""The one place that sets Numba's options and the folder of its cache.

Numba's on-disk cache knows only the file of the function itself, so it serves stale code when a helper in another
file changes. The folder is therefore named by a hash of all kernel sources, the options and the versions. Where the
wanted folder cannot be written, the next candidate is taken; the last one is a fresh temporary folder, so an import
never fails.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core import config, types
from numba.extending import intrinsic

CACHE_VARIABLE = "IMMUNE_SIM_CACHE"
CHECK_VARIABLE = "IMMUNE_SIM_BOUNDSCHECK"  # set to 1, kernels check every index: slow, for tests and debugging
OPTIONS: dict[str, Any] = {
    "nogil": True,
    "cache": True,
    "error_model": "numpy",
    "boundscheck": os.environ.get(CHECK_VARIABLE) == "1",
}


def _fingerprint() -> str:
    """Hash of every source that kernels are compiled from, of the options and of what compiles them."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256(repr((sorted(OPTIONS.items()), numba.__version__, np.__version__, sys.version)).encode())
    for folder in ("core", "mechanisms"):
        for source in sorted((package / folder).glob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _candidates() -> list[Path]:
    wanted = os.environ.get(CACHE_VARIABLE)
    if wanted:
        return [Path(wanted)]
    base = os.environ.get("XDG_CACHE_HOME")
    home = Path(base) if base else Path("~").expanduser() / ".cache"
    return [home / "immune-sim"]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _cache_folder() -> Path:
    name = f"kernels-{_fingerprint()}"
    for candidate in _candidates():
        if _writable(candidate / name):
            return candidate / name
    return Path(tempfile.mkdtemp(prefix="immune-sim-"))


CACHE_FOLDER = _cache_folder()
setattr(config, "CACHE_DIR", str(CACHE_FOLDER))  # noqa: B010  (numba declares its settings at run time)


def is_compiled() -> bool:
    """Whether an earlier run left compiled kernels, so that this one need not wait for the compiler."""
    return any(CACHE_FOLDER.rglob("*.nbc"))


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function of arrays and numbers; it runs without the interpreter's lock."""
    compiled: Callable[..., Any] = numba.njit(**OPTIONS)(function)
    return compiled


def inline(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a small helper that is inlined into the kernels that call it."""
    compiled: Callable[..., Any] = numba.njit(inline="always", **OPTIONS)(function)
    return compiled


def _place(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return context.make_array(signature.args[0])(context, builder, arguments[0]).data


@intrinsic
def _look(_typing: Any, numbers: Any) -> Any:
    """The first of some int64 as it is in memory now; an ordinary read may be taken out of a loop by the compiler."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_place(context, builder, signature, arguments), "acquire", 8)

    return types.int64(numbers), generate


@intrinsic
def _count_up(_typing: Any, numbers: Any) -> Any:
    """Add 1 to the first of some int64, for other threads to see at once; returns what it was."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        one = context.get_constant(types.int64, 1)
        return builder.atomic_rmw("add", _place(context, builder, signature, arguments), one, "seq_cst")

    return types.int64(numbers), generate


@kernel
def tell_and_await(told, awaited, seen, looks, linger):
    """Count up told (1,) int64, then look at awaited (1,) until another thread has counted it up beyond seen.

    looks: how often to look at most. linger: how often to look again after it changed, without the interpreter's lock,
    which the other thread may hold for some microseconds more: to ask for it then means to fall asleep.
    """
    _count_up(told)
    for _ in range(looks):
        if _look(awaited) != seen:
            break
    for _ in range(linger):
        _look(awaited)
