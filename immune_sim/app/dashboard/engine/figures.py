"""Curves, the figures above the tissue, and the tissue in words."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from immune_sim.app.dashboard import curves, looks, pictures
from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.model.model import TumorImmuneModel

EAR = 15.0  # s between two sentences for those who listen, while the clock runs


@dataclass(frozen=True)
class Reading:
    """The figures above the tissue. pace: hours per second reached lately, nan while the clock stands."""

    hour: float = 0.0
    tumor_cells: int = 0
    nk_cells: int = 0
    ctl_cells: int = 0
    blockade: float = 0.0
    receptors: float = 1.0
    pace: float = math.nan


class Figures(Part):
    """Numbers. Events: curves(anew, arms, days, columns), reading, spoken(arm, ...)."""

    _drawn = 0  # rows of the recorder that the page has
    _anew = True
    _lines: tuple[tuple[int, int], ...] = ()  # arms and their branches whose curves are drawn
    _mixed_wanted = True
    _spoken_at = 0.0
    _paced = (0.0, 0.0)

    def mix(self, arm: int, burden: NDArray[np.float64] | None) -> None:
        """Take the curve of the well-mixed limit of a run, None while it is not known."""
        if arm in self.workshop.arms:
            self.workshop.arms[arm].notes["mixed"] = burden
            self._draw_anew()

    def show_mixed(self, wanted: bool) -> None:
        """Draw the well-mixed curve, or leave it out."""
        self._mixed_wanted = wanted
        self._draw_anew()

    def curves_again(self) -> None:
        """Send the curves from their beginning: their plot has just come."""
        self._draw_anew()

    def opened(self, arm: Arm) -> None:
        """Curves of another run are drawn from their beginning."""
        self._draw_anew()

    def dropped(self, number: int) -> None:
        """Curves of an arm go with it."""
        self._draw_anew()

    def show(self, slow: bool) -> None:
        """Send new points, figures and, now and then, words."""
        if not slow:
            return
        now = time.perf_counter()
        self._send_curves()
        self._send_readings(now)
        if not self.workshop.loop.playing or now - self._spoken_at > EAR:
            self._spoken_at = now
            for arm in self.workshop.arms.values():
                look = looks.look(self.workshop.view.color_by)
                self.say("spoken", arm.number, pictures.describe(arm.model, look))

    def _draw_anew(self) -> None:
        self._anew = True
        self._spoken_at = 0.0
        self.workshop.loop.redraw()

    def _send_curves(self) -> None:
        """Curves go to the tip of each branch, as far as all arms have one, and stay while the tissue stands behind."""
        lines = tuple((arm.number, arm.timeline.here.number) for arm in self.workshop.arms.values())
        self._anew, self._lines = self._anew or lines != self._lines, lines
        start = 0 if self._anew else self._drawn
        known = [(arm, arm.timeline.columns()) for arm in self.workshop.arms.values()]
        stop = min((len(each["hour"]) for _, each in known), default=0)
        days: NDArray[np.float64] = np.empty(0)
        columns = []
        for arm, course in known:
            rows = {name: column[:stop] for name, column in course.items()}
            chosen = curves.of_arm(arm.number)
            days, drawn = curves.columns_since(rows, start, self._mixed_drawn(arm), chosen)
            columns += drawn
        if self._anew or len(days):
            self.say("curves", self._anew, tuple(self.workshop.arms), days, columns)
        self._anew, self._drawn = False, start + len(days)

    def _send_readings(self, now: float) -> None:
        playing = self.workshop.loop.playing
        hour = max(float(arm.model.time) for arm in self.workshop.arms.values())
        then, hour_then = self._paced
        pace = (hour - hour_then) / (now - then) if playing and now > then else math.nan
        self._paced = (now, hour)
        for arm in self.workshop.arms.values():
            self.say("reading", arm.number, _reading(arm.model, pace))

    def _mixed_drawn(self, arm: Arm) -> NDArray[np.float64] | None:
        burden: NDArray[np.float64] | None = arm.notes.get("mixed")
        return burden if self._mixed_wanted else None


def _reading(model: TumorImmuneModel, pace: float) -> Reading:
    latest = model.recorder.latest
    return Reading(
        float(model.time),
        int(latest["tumor_cells"]),
        int(latest["nk_cells"]),
        int(latest["ctl_cells"]),
        float(latest["blockade"]),
        float(latest["receptor_mean"]),
        pace,
    )
