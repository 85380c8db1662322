"""A curve in a terminal: braille dots, eight to a character, or plain ASCII where those cannot be shown."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

# the bit of every dot of a braille character, by row (0 to 3) and column (0, 1)
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
BLANK = 0x2800


def sketch(
    x: ArrayLike,
    y: ArrayLike,
    *,
    width: int = 72,
    height: int = 9,
    x_label: str = "",
    y_label: str = "",
    mark: tuple[float, str] | None = None,
    ascii_only: bool = False,
) -> str:
    """Lines of text that show y over x.

    x, y (n,): n of 1 or more, x rising. width, height: characters of the whole, axis included. mark: a level to draw
    across, and its name. y starts at 0, as counts do.
    """
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    top = _nice(max(float(np.nanmax(ys)), mark[0] if mark and mark[0] <= 2 * float(np.nanmax(ys)) else 0.0, 1.0))
    labels = [f"{top * row / 2:,.0f}" for row in (2, 1, 0)]
    margin = max(len(label) for label in labels) + 1
    columns = max(10, width - margin - 1)
    across = 1 if ascii_only else 2
    down = 1 if ascii_only else 4
    dots = _dots(xs, ys, top, columns * across, height * down)
    level = (height * down - 1) - round(mark[0] / top * (height * down - 1)) if mark and mark[0] <= top else None
    rows = _ascii(dots, level) if ascii_only else _braille(dots, level)
    axis = "|" if ascii_only else "┤"
    lines = [f"{y_label}"] if y_label else []
    named = {0: labels[0], (height - 1) // 2: labels[1] if height > 4 else "", height - 1: labels[2]}
    lines += [f"{named.get(i, ''):>{margin - 1}} {axis}{row}" for i, row in enumerate(rows)]
    if mark and level is not None:
        at = level // down
        lines[at + bool(y_label)] = f"{lines[at + bool(y_label)].rstrip()}"
    lines.append(_foot(float(xs[0]), float(xs[-1]), x_label, margin, columns, ascii_only))
    return "\n".join(line.rstrip() for line in lines)


def _dots(x: np.ndarray, y: np.ndarray, top: float, columns: int, rows: int) -> np.ndarray:
    """Which dots the curve touches, (rows, columns) bool, the first row on top."""
    at = np.linspace(x[0], x[-1], columns) if len(x) > 1 else np.full(columns, x[0])
    level = np.clip(np.interp(at, x, np.nan_to_num(y)) / top * (rows - 1), 0, rows - 1)
    dots = np.zeros((rows, columns), dtype=bool)
    previous = level[0]
    for i, present in enumerate(level):
        low, high = sorted((round(float(previous)), round(float(present))))
        dots[rows - 1 - high : rows - low, i] = True
        previous = present
    return dots


def _braille(dots: np.ndarray, level: int | None) -> list[str]:
    rows, columns = dots.shape
    shown = dots.copy()
    if level is not None:
        shown[level, np.arange(columns) % 6 < 2] = True
    text = []
    for row in range(0, rows, 4):
        cells = np.full(columns // 2, BLANK)
        for r in range(4):
            for c in range(2):
                cells += np.where(shown[row + r, c::2], DOTS[r][c], 0)
        text.append("".join(chr(int(cell)) for cell in cells).replace(chr(BLANK), " "))
    return text


def _ascii(dots: np.ndarray, level: int | None) -> list[str]:
    grid = np.where(dots, "*", " ")
    if level is not None:
        free = grid[level] == " "
        grid[level, free] = np.where(np.arange(grid.shape[1])[free] % 2, " ", "-")
    return ["".join(row) for row in grid]


def _foot(first: float, last: float, label: str, margin: int, columns: int, ascii_only: bool) -> str:
    corner, bar = ("+", "-") if ascii_only else ("└", "─")
    left, right = f"{first:.4g}", f"{last:.4g} {label}".strip()
    gap = max(1, columns + 1 - len(left) - len(right))
    return " " * margin + corner + bar * columns + "\n" + " " * margin + left + " " * gap + right


def _nice(value: float) -> float:
    """The next number of the form 1, 2, 4, 5 or 8 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= value * 0.999)
