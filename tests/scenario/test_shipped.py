"""The files that come with the package are found in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from immune_sim.core.errors import ImmuneSimError
from immune_sim.scenario import shipped


def test_a_checkout_offers_the_folder_beside_the_package() -> None:
    assert shipped.shipped_folder() == Path(__file__).resolve().parents[2] / "scenarios"


def test_an_installed_package_offers_its_own_copy_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a search that would read some other folder `scenarios` next to an installed package."""
    package = tmp_path / "site-packages" / "immune_sim"
    (package / "_scenarios").mkdir(parents=True)
    (package.parent / "scenarios").mkdir()
    monkeypatch.setattr(shipped, "PACKAGE", package)
    assert shipped.shipped_folder() == package / "_scenarios"


def test_a_package_without_its_files_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "PACKAGE", tmp_path / "immune_sim")
    with pytest.raises(ImmuneSimError, match="install immune-sim again"):
        shipped.shipped_folder()
