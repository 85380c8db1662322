"""What a page shows: puts the events of the session's process on its widgets, in the engine's listening thread."""

from __future__ import annotations

import html
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import solara
from numpy.typing import NDArray

from immune_sim.app.dashboard import curves
from immune_sim.app.dashboard.cards import Card
from immune_sim.app.dashboard.engine.figures import Reading
from immune_sim.app.dashboard.engine.process import Engine
from immune_sim.app.dashboard.engine.showing import CloudFrame, Frame
from immune_sim.app.dashboard.replay import Change
from immune_sim.app.dashboard.widgets.curve_plot import CurvePlot
from immune_sim.app.dashboard.widgets.live_html import LiveHtml
from immune_sim.app.dashboard.widgets.point_cloud import PointCloud
from immune_sim.app.dashboard.widgets.tissue_canvas import TissueCanvas

MOST_ARMS = 4
SELDOM = 5.0  # s between readings for components, while the clock runs
LOST = "The process that computed this tissue has ended unexpectedly."


class View:
    """What is shown of one arm. The reactives redraw the page."""

    def __init__(self) -> None:
        self.canvas: TissueCanvas | None = None
        self.cloud: PointCloud | None = None
        self.key: solara.Reactive[dict[str, Any]] = solara.reactive({})  # what the codes of its pictures mean
        self.reading = solara.reactive(Reading())  # now and then while the clock runs: see ``Stage.show_figures``
        self.figures: list[tuple[LiveHtml, Callable[[Reading], str], bool]] = []
        self.read_at = 0.0
        self.card: solara.Reactive[Card | None] = solara.reactive(None)
        self.log: solara.Reactive[tuple[Change, ...]] = solara.reactive(())
        self.spoken = ""  # the tissue in words, for a screen reader
        self.speaker: LiveHtml | None = None

    @property
    def screens(self) -> list[TissueCanvas | PointCloud]:
        """The widgets that draw the tissue, as far as they are there."""
        return [each for each in (self.canvas, self.cloud) if each is not None]


class Stage:
    """What a page shows. views: one an arm; reading, card, log are those of the first.

    Every event of the process that is called x is handed to ``on_x``, or to whoever asked for it by ``hear``.
    """

    def __init__(self, on_stopped: Callable[[], None]):
        self.views = tuple(View() for _ in range(MOST_ARMS))
        first = self.views[0]
        self.reading, self.card, self.log = first.reading, first.card, first.log
        self.message = solara.reactive("")
        self.lost = solara.reactive(False)  # whether the process has ended by itself
        self.shape: solara.Reactive[tuple[int, ...]] = solara.reactive((1, 1, 1))  # sites along z, y, x
        self.traces = solara.reactive(curves.traces())  # of the plot, whose component must not put back older ones
        self.ready = solara.reactive(False)
        self.engine: Engine
        self.plot: CurvePlot | None = None
        self._on_stopped = on_stopped
        self._hearing: dict[str, Callable[..., None]] = {}

    def attach(self, canvas: TissueCanvas, arm: int = 0) -> None:
        """Show an arm on this canvas from now on; called from the page."""
        self.views[arm].canvas = canvas
        self._listen(canvas, arm)

    def attach_cloud(self, cloud: PointCloud, arm: int = 0) -> None:
        """Show a solid tissue on this cloud of points, while that is wanted."""
        self.views[arm].cloud = cloud
        self._listen(cloud, arm)

    def detach_cloud(self, arm: int = 0) -> None:
        """The tissue is no longer solid."""
        self.views[arm].cloud = None

    def _listen(self, screen: TissueCanvas | PointCloud, arm: int) -> None:
        screen.listen(
            painted=lambda number: self.engine.tell("painted", arm),
            hover=lambda site: self.engine.tell("hover", arm, site),
            click=lambda site: self.engine.tell("click", arm, site),
        )
        self.engine.tell("picture_again", arm)

    def detach(self, arm: int) -> None:
        """The canvas of an arm is gone."""
        self.views[arm].canvas = self.views[arm].cloud = None

    def show_figures(
        self, arm: int, live: LiveHtml, words: Callable[[Reading], str], seldom: bool = False
    ) -> Callable[[], None]:
        """Show the figures of an arm, in these words, five times a second or every SELDOM; returns what ends that.

        ``reading`` itself is for components that can wait, for each change of it has them drawn anew.
        """
        entry = (live, words, seldom)
        self.views[arm].figures.append(entry)
        live.html = words(self.views[arm].reading.peek())
        return lambda: self.views[arm].figures.remove(entry)

    def speak(self, live: LiveHtml) -> None:
        """Say here what the first tissue looks like."""
        first = self.views[0]
        first.speaker, live.html = live, html.escape(first.spoken)

    def attach_plot(self, plot: CurvePlot) -> None:
        """Draw the curves on this plot from now on."""
        self.plot = plot
        self.engine.tell("curves_again")

    def mark_hour(self, day: float) -> None:
        """Mark a day in the curves where the tissue stands behind their end; below 0 none."""
        if self.plot is not None:
            self.plot.now = day

    def drawn(self) -> tuple[NDArray[np.float32], list[dict[str, Any]]]:
        """Days and curves as they are drawn, (curves + 1, n), and the trace of each."""
        plot = self.plot
        return (np.empty((1, 0), dtype=np.float32), []) if plot is None else (plot.points, plot.traces)

    def hear(self, event: str, act: Callable[..., None]) -> None:
        """Call ``act`` with the arguments of every event of this name."""
        self._hearing[event] = act

    def receive(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Hand an event of the process to whom it concerns."""
        act = self._hearing.get(event) or getattr(self, f"on_{event}")
        act(*arguments)

    # ---- events of the process ---------------------------------------------------------------------------------------

    def on_busy(self, text: str) -> None:
        """Write over the tissue that something takes a while."""
        for view in self.views:
            for screen in view.screens:
                screen.busy = text

    def on_opened(self, arm: int, shape: tuple[int, ...]) -> None:
        """Another tissue is there."""
        if arm == 0:
            self.shape.value = shape
            self.ready.value = True

    def on_key(self, arm: int, key: dict[str, Any]) -> None:
        """Take the colors and the legend."""
        self.views[arm].key.value = key
        for screen in self.views[arm].screens:
            screen.key = key

    def on_frame(self, arm: int, frame: Frame) -> None:
        """Paint a picture; where there is nothing to paint it on, it counts as painted."""
        canvas = self.views[arm].canvas
        if canvas is None:
            self.engine.tell("painted", arm)
            return
        canvas.site_size = frame.site_size
        canvas.show(frame)

    def on_cloud(self, arm: int, frame: CloudFrame) -> None:
        """Draw a cloud of points; where there is nothing to draw it on, it counts as painted."""
        cloud = self.views[arm].cloud
        if cloud is None:
            self.engine.tell("painted", arm)
            return
        cloud.site_size = frame.site_size
        cloud.show(frame)

    def on_clones(self, arm: int, entries: list[dict[str, Any]], hours: list[int], shares: NDArray[np.uint8]) -> None:
        """List the largest clones and how they went."""
        for screen in self.views[arm].screens:
            screen.show_clones(entries, hours, shares)

    def on_curves(
        self, anew: bool, arms: tuple[int, ...], days: NDArray[np.float64], columns: list[NDArray[np.float64]]
    ) -> None:
        """Draw curves from their beginning, or add points to them."""
        if self.plot is not None:
            if len(self.plot.traces) != len(columns):
                self.plot.traces = self.traces.value = curves.traces(arms)
            (self.plot.replace if anew else self.plot.extend)(days, columns)

    def on_reading(self, arm: int, reading: Reading) -> None:
        """Show the figures above the tissue."""
        view, now = self.views[arm], time.monotonic()
        late = math.isnan(reading.pace) or now - view.read_at > SELDOM
        if late:
            view.read_at = now
            view.reading.value = reading
        for live, words, seldom in list(view.figures):
            if late or not seldom:
                live.html = words(reading)

    def on_card(self, arm: int, card: Card | None) -> None:
        """Show the cell that is followed."""
        self.views[arm].card.value = card

    def on_tip(self, arm: int, site: int, lines: list[str]) -> None:
        """Show what lies under the pointer."""
        for screen in self.views[arm].screens:
            screen.tip = {"site": site, "lines": lines}

    def on_log(self, arm: int, changes: tuple[Change, ...]) -> None:
        """List what was done to the running model so far."""
        self.views[arm].log.value = changes

    def on_spoken(self, arm: int, words: str) -> None:
        """Say what the tissue looks like."""
        view = self.views[arm]
        view.spoken = words
        if view.speaker is not None:
            view.speaker.html = html.escape(words)

    def on_message(self, arm: int, words: str) -> None:
        """Say one sentence: the end of a run, a dose, a mistake and its cure."""
        self.message.value = words

    def on_stopped(self) -> None:
        """The clock stands."""
        self._on_stopped()

    def on_lost(self) -> None:
        """The process has ended by itself: say so, and offer to begin again."""
        self.on_busy("")
        self.lost.value = True
        self.message.value = LOST
        self._on_stopped()
