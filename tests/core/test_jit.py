"""The folder of compiled kernels: another one for other sources, and always one that can be written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from immune_sim.core import jit

PACKAGE = Path(jit.__file__).resolve().parent.parent


def folder_seen_by(root: Path, **environment: str) -> Path:
    """CACHE_FOLDER in a process of its own that imports the package from root."""
    code = "import immune_sim.core.jit as j; from immune_sim.core.random import uniforms; print(j.CACHE_FOLDER)"
    variables = {**os.environ, "PYTHONPATH": str(root), **environment}
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=variables, capture_output=True, text=True, check=True
    )
    return Path(made.stdout.strip())


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the package whose sources a test may change."""
    root = tmp_path / "copy"
    shutil.copytree(PACKAGE / "core", root / "immune_sim" / "core", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "immune_sim" / "__init__.py").write_text("")
    (root / "immune_sim" / "mechanisms").mkdir()
    (root / "immune_sim" / "mechanisms" / "extra.py").write_text("x = 1\n")
    return root


def test_the_folder_changes_with_any_kernel_source(copied: Path, tmp_path: Path) -> None:
    """Numba alone looks at one file and would serve stale code.

    Catches a fingerprint that forgets a floor or a helper.
    """
    wanted = {jit.CACHE_VARIABLE: str(tmp_path / "cache")}
    first = folder_seen_by(copied, **wanted)
    assert folder_seen_by(copied, **wanted) == first
    assert first.parent == tmp_path / "cache"
    seen = {first}
    for source in ("core/rates.py", "mechanisms/extra.py", "core/random.py"):
        with (copied / "immune_sim" / source).open("a") as file:
            file.write("# changed\n")
        seen.add(folder_seen_by(copied, **wanted))
    assert len(seen) == 4


def test_options_are_part_of_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches code compiled without bounds checks that is served to a run that asked for them."""
    before = jit._fingerprint()
    monkeypatch.setitem(jit.OPTIONS, "boundscheck", True)
    assert jit._fingerprint() != before


def test_an_unwritable_place_is_replaced(copied: Path, tmp_path: Path) -> None:
    """A file stands where the folder should be, which stops even the superuser.

    Catches an import that fails on a read-only home.
    """
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    for variable in (jit.CACHE_VARIABLE, "XDG_CACHE_HOME"):
        environment = {jit.CACHE_VARIABLE: "", variable: str(blocked)}
        made = folder_seen_by(copied, **environment)
        assert made.is_dir()
        assert not made.is_relative_to(blocked)


def test_without_a_wish_the_users_cache_is_used(copied: Path, tmp_path: Path) -> None:
    """Catches kernels compiled anew in every process."""
    made = folder_seen_by(copied, **{jit.CACHE_VARIABLE: "", "XDG_CACHE_HOME": str(tmp_path / "xdg")})
    assert made.is_relative_to(tmp_path / "xdg" / "immune-sim")
    assert folder_seen_by(copied, **{jit.CACHE_VARIABLE: "", "XDG_CACHE_HOME": str(tmp_path / "xdg")}) == made
