"""Where a result comes from: versions, code, machine. Nothing that names a person or a private folder is kept."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import immune_sim

LIBRARIES = ("mesa", "numpy", "numba", "scipy", "pandas", "pyarrow", "plotly")


def provenance(threads: int = 1) -> dict[str, Any]:
    """Versions, commit, machine and date, ready for JSON."""
    return {
        "immune_sim": immune_sim.__version__,
        "commit": commit(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "machine": {
            "system": f"{platform.system()} {platform.release()}",
            "architecture": platform.machine(),
            "cpu": cpu_name(),
            "cores": os.cpu_count(),
            "threads": threads,
        },
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def version(name: str) -> str | None:
    """Version of an installed package, None if there is none."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def commit() -> dict[str, Any] | None:
    """Git commit of the checkout that runs, and whether its files were changed since; None in an installed package."""
    root = Path(immune_sim.__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return None
    head, changes = _git(root, "rev-parse", "HEAD"), _git(root, "status", "--porcelain", "--untracked-files=no")
    return None if head is None else {"hash": head, "changed": bool(changes)}


def _git(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def cpu_name() -> str:
    """What the processor calls itself, as far as the system tells."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
