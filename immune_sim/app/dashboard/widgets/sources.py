"""The scripts of the widgets: a few parts that are shared, put together as one module each."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def script(*names: str) -> str:
    """These files of this folder (without ".js") as one module; the last one exports the widget."""
    return "\n".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in names)
