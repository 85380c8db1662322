"""Where the scenario and experiment files that come with the package lie."""

from __future__ import annotations

from pathlib import Path

from immune_sim.core.errors import ImmuneSimError

PACKAGE = Path(__file__).resolve().parent.parent


def shipped_folder(kind: str = "scenarios") -> Path:
    """The folder of the shipped files of one kind, "scenarios" or "experiments".

    An installed wheel holds them inside the package, a checkout (an editable install too) beside it.
    Raises ImmuneSimError where there is neither.
    """
    inside, beside = PACKAGE / f"_{kind}", PACKAGE.parent / kind
    for folder in (inside, beside):
        if folder.is_dir():
            return folder
    raise ImmuneSimError(
        f"no {kind} found at {inside} or {beside}: install immune-sim again, or run it from a checkout."
    )
