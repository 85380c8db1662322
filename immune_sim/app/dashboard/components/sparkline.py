"""Two small curves with their axes, as a piece of SVG: receptor level and signal of one cell over the hours."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from immune_sim.app.dashboard.engine.follow import Story

WIDTH, HEIGHT = 196, 74
MOST = 400  # points of a curve
LEFT, RIGHT, TOP, BOTTOM = 24, 192, 5, 58  # of the drawing, in points


def sparkline(story: Story) -> str:
    """The curves of a story; before there are two hours, a sentence instead."""
    if len(story.hours) < 2:
        return "" if story.fate else '<div class="spark-wait">its curves grow from the next hour on</div>'
    high = _nice(max(float(story.receptor.max()), float(story.signal.max()), 1.0))
    first, last = int(story.hours[0]), int(story.hours[-1])
    parts = [
        _level(high, high, f"{high:g}"),
        _level(1.0, high, "1", "rest"),
        _level(0.0, high, "0"),
        _text(LEFT, HEIGHT - 4, _clock(first, last), "start"),
        _text(RIGHT, HEIGHT - 4, _clock(last, last), "end"),
        _curve(story.hours, story.signal, high, "signal"),
        _curve(story.hours, story.receptor, high, "receptor"),
    ]
    said = f"Receptor level {story.receptor[-1]:.2f} and signal {story.signal[-1]:.2f} now, relative to rest"
    return (
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">{"".join(parts)}</svg>'
        '<div class="spark-key"><span class="is-receptor">receptors</span><span class="is-signal">signal</span>'
        "<span>1 is rest</span></div>"
    )


def _y(value: float, high: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * value / high


def _level(value: float, high: float, label: str, name: str = "") -> str:
    y = _y(value, high)
    line = f'<line class="spark-level {name}" x1="{LEFT}" x2="{RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
    return line + _text(LEFT - 4, y + 3, label, "end")


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def _curve(hours: NDArray[np.int32], values: NDArray[np.float32], high: float, name: str) -> str:
    every = -(-len(hours) // MOST)
    chosen = np.arange(len(hours) - 1, -1, -every)[::-1]  # the newest hour is always drawn
    x = LEFT + (RIGHT - LEFT) * (hours[chosen] - hours[0]) / max(int(hours[-1] - hours[0]), 1)
    points = " ".join(f"{a:.1f},{_y(float(b), high):.1f}" for a, b in zip(x, values[chosen], strict=True))
    return f'<polyline class="spark-curve is-{name}" points="{points}"/>'


def _clock(hour: int, last: int) -> str:
    return f"day {hour // 24}, {hour % 24:02d}:00" if hour != last else f"{hour // 24}, {hour % 24:02d}:00"


def _nice(value: float) -> float:
    """The next number of the form 1, 2 or 5 times a power of ten, or a whole number below 10."""
    return math.ceil(value) if value < 10 else 10.0 ** math.ceil(math.log10(value))
