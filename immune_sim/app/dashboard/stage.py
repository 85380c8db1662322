"""The engine's screen: puts the newest state of a model on the widgets of one page, in the engine's thread."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import solara
from numpy.typing import NDArray

from immune_sim.app.dashboard import cards, curves, mixed, pictures
from immune_sim.app.dashboard.cards import Card
from immune_sim.app.dashboard.engine import Engine
from immune_sim.app.dashboard.replay import Change, merged
from immune_sim.app.dashboard.widgets.curve_plot import CurvePlot
from immune_sim.app.dashboard.widgets.tissue_canvas import TissueCanvas
from immune_sim.core.errors import CellError, ScenarioError

EAR = 5.0  # s between two sentences for those who listen, while the clock runs
SLOW_PARTS = 0.2  # s between updates of curves, figures and card; the tissue itself is painted more often


@dataclasses.dataclass(frozen=True)
class Reading:
    """The figures above the tissue. pace: hours per second reached lately, nan while the clock stands."""

    hour: float = 0.0
    tumor_cells: int = 0
    nk_cells: int = 0
    ctl_cells: int = 0
    blockade: float = 0.0
    receptors: float = 1.0
    pace: float = math.nan


class Stage:
    """What a page shows. color_by, z: chosen by the person, read at the next picture. The reactives redraw the page."""

    def __init__(self, on_stopped: Callable[[], None]):
        self.color_by = pictures.LOOKS[0].name
        self.z = 0
        self.reading = solara.reactive(Reading())
        self.card: solara.Reactive[Card | None] = solara.reactive(None)
        self.message = solara.reactive("")
        self.spoken = solara.reactive("")  # the tissue in words, for a screen reader
        self.gap = solara.reactive("")  # what places make of the burden, in one sentence
        self._mixed: NDArray[np.float64] | None = None
        self._mixed_wanted = True
        self.log: solara.Reactive[tuple[Change, ...]] = solara.reactive(())
        self.depth = solara.reactive(1)
        self.ready = solara.reactive(False)
        self.engine: Engine
        self._canvas: TissueCanvas | None = None
        self._plot: CurvePlot | None = None
        self._on_stopped = on_stopped
        self._followed: tuple[str, int] | None = None
        self._side: Literal["left", "right"] = "right"  # of the card, away from the cell
        self._slow_at = self._spoken_at = 0.0
        self._paced = (0.0, 0.0)

    def attach(self, canvas: TissueCanvas, plot: CurvePlot) -> None:
        """Show on these widgets from now on; called from the page."""
        self._canvas, self._plot = canvas, plot
        note = self.engine.note
        canvas.listen(
            painted=self.engine.painted,
            hover=lambda site: note(lambda: self._hover(site)),
            click=lambda site: note(lambda: self._click(site)),
        )
        note(self.restart)

    def restart(self) -> None:
        """Show everything anew: the curves from their beginning, the legend, the picture."""
        model = self.engine.model
        if model is None:
            return
        self.depth.value = pictures.depth(model)
        self.z = min(self.z, self.depth.value - 1)
        if self._plot is not None:
            self.draw_curves()
        self.list_changes()
        self.recolor()
        self.ready.value = True

    def draw_curves(self) -> None:
        """Draw all curves from their beginning."""
        if self._plot is not None and self.engine.model is not None:
            self._plot.replace(*curves.columns_since(self.engine.model.recorder.columns, 0, self._mixed_drawn()))

    def mix(self, burden: NDArray[np.float64] | None) -> None:
        """Take the curve of the well-mixed limit, None while it is not known."""
        self._mixed = burden
        self.draw_curves()
        self._say_gap()

    def show_mixed(self, wanted: bool) -> None:
        """Draw the well-mixed curve, or leave it out."""
        self._mixed_wanted = wanted
        self.draw_curves()
        self._say_gap()

    def _mixed_drawn(self) -> NDArray[np.float64] | None:
        return self._mixed if self._mixed_wanted else None

    def _say_gap(self) -> None:
        model, burden = self.engine.model, self._mixed_drawn()
        self.gap.value = (
            ""
            if model is None or burden is None
            else mixed.gap(burden, model.time, int(model.recorder.latest["tumor_cells"]), bool(model.interventions))
        )

    def list_changes(self) -> None:
        """Show what was done to the running model so far."""
        if self.engine.model is not None:
            self.log.value = merged(self.engine.model.interventions)

    def recolor(self) -> None:
        """Take the colors and the legend of the layer that is chosen now."""
        if self._canvas is not None and self.engine.model is not None:
            self._canvas.key = pictures.key(self.engine.model, self.color_by, self.z)
        self.engine.redraw()

    def forget_cell(self) -> None:
        """Follow no cell any more."""
        self._followed = None
        self.card.value = None
        self.engine.redraw()

    # ---- what an engine asks of its screen -------------------------------------------------------------------------

    def show(self, model: Any) -> None:
        """Send the picture, and every now and then curves, figures and card."""
        now = time.perf_counter()
        if now - self._slow_at > SLOW_PARTS or not self.engine.playing:
            self._show_figures(model, now)
        self._show_tissue(model)

    def working(self, text: str) -> None:
        """Write over the tissue that something takes a while."""
        if self._canvas is not None:
            self._canvas.busy = text

    def stopped(self, model: Any) -> None:
        """The run is over: say why, in one sentence."""
        self.message.value = pictures.ending(model)
        self._on_stopped()

    def failed(self, error: Exception) -> None:
        """Say what went wrong; an error in the input says itself what to do."""
        self.message.value = str(error) if isinstance(error, ScenarioError) else f"This did not work: {error}"
        self._on_stopped()

    # ---- parts of a picture ----------------------------------------------------------------------------------------

    def _show_tissue(self, model: Any) -> None:
        if self._canvas is None:
            self.engine.painted(0)
            return
        site = self._follow(model)
        picture = pictures.picture(model, self.color_by, self.z)
        self._canvas.site_size = float(model.tissue.lattice.site_size)
        self._canvas.show(picture.codes, selected=site, counts=picture.counts, description=picture.description)

    def _show_figures(self, model: Any, now: float) -> None:
        latest, hour = model.recorder.latest, float(model.time)
        if self._plot is not None:
            self._plot.extend(*curves.columns_since(model.recorder.columns, self._plot.length, self._mixed_drawn()))
        then, hour_then = self._paced
        pace = (hour - hour_then) / (now - then) if self.engine.playing and now > then else math.nan
        self._paced, self._slow_at = (now, hour), now
        self.reading.value = Reading(
            hour,
            int(latest["tumor_cells"]),
            int(latest["nk_cells"]),
            int(latest["ctl_cells"]),
            float(latest["blockade"]),
            float(latest["receptor_mean"]),
            pace,
        )
        self._read_followed(model)
        if not self.engine.playing or now - self._spoken_at > EAR:
            self._spoken_at = now
            self._say_gap()
            self.spoken.value = pictures.describe(model, pictures.look(self.color_by))

    # ---- the cell that is followed ---------------------------------------------------------------------------------

    def _hover(self, site: int) -> None:
        model = self.engine.model
        if self._canvas is None or model is None:
            return
        flat = pictures.flat_site(model, site, self.z)
        self._canvas.tip = {"site": site, "lines": [] if flat is None else pictures.tip(model, self.color_by, flat)}

    def _click(self, site: int) -> None:
        model = self.engine.model
        if model is None:
            return
        flat = pictures.flat_site(model, site, self.z)
        width = int(model.tissue.lattice.shape[-1])
        self._side = "left" if site % width > width // 2 else "right"
        self._followed = None if flat is None else cards.cell_at(model.tissue, flat)
        if self._followed is None:
            self.card.value = None
        self._read_followed(model)
        self.engine.redraw()

    def _read_followed(self, model: Any) -> None:
        if self._followed is None or model is None:
            return
        try:
            card, _ = cards.read_cell(model.tissue, *self._followed)
        except CellError:
            self._followed = None
            if self.card.value is not None:
                self.card.value = dataclasses.replace(self.card.value, gone=True)
            return
        self.card.value = dataclasses.replace(card, side=self._side)

    def _follow(self, model: Any) -> int:
        """Where in the picture the followed cell is now, -1 where there is none or it is on another slice."""
        if self._followed is None:
            return -1
        try:
            table = getattr(model.tissue, self._followed[0])
            return pictures.picture_site(model, int(table["site"][table.row_of(self._followed[1])]), self.z)
        except CellError:
            self._read_followed(model)
            return -1
