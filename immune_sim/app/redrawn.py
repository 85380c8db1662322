"""Lines at the foot of a terminal that are drawn anew while something computes, and times in words."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.live import Live


class Redrawn:
    """A context with lines that can be drawn anew; moving: whether there is a terminal for it, else nothing shows."""

    def __init__(self, to: Console, *, moving: bool):
        self._live = Live(console=to, auto_refresh=False, transient=True) if moving else None

    @property
    def moving(self) -> bool:
        """Whether a terminal is there to be redrawn."""
        return self._live is not None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def draw(self, picture: RenderableType) -> None:
        """Put another picture in the place of the last."""
        if self._live:
            self._live.update(picture, refresh=True)


def duration_words(seconds: float) -> str:
    """A time as one says it: 40 s, 12 min, 3.5 h, 2.1 days."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.1f} days"
