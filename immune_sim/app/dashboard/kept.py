"""The run that a page had before it was loaded anew or its session was dropped, brought back by its code."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import solara

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.away import Coded
from immune_sim.app.dashboard.widgets.keepsake import Keepsake
from immune_sim.core.errors import ScenarioError

if TYPE_CHECKING:
    from immune_sim.app.dashboard.state import Session

WORTH = 24  # h that a run must have reached, where nothing was changed in it, to be offered again


@dataclass(frozen=True)
class Offer:
    """A run that was here before. when: its hour in words."""

    code: str
    when: str


class Kept:
    """What the tab keeps of this session, and what it kept of the one before. offer is reactive.

    While there is an offer nothing is kept, so that it is not lost by a second reload.
    """

    def __init__(self, session: Session):
        self._session = session
        self._name = uuid.uuid4().hex
        self._widget: Keepsake | None = None
        self.offer: solara.Reactive[Offer | None] = solara.reactive(None)
        session.away.on_code = self._keep

    def attach(self, widget: Keepsake) -> None:
        """Keep codes in this tab from now on."""
        self._widget = widget
        widget.listen(self._found)

    @property
    def name(self) -> str:
        """Of this session, for the tab."""
        return self._name

    def bring_back(self) -> None:
        """Show the run that was here before, at its hour."""
        offer, self.offer.value = self.offer.value, None
        if offer is not None:
            self._session.bring_back(offer.code)

    def dismiss(self) -> None:
        """It is not wanted."""
        self.offer.value = None

    def _found(self, code: str, when: str) -> None:
        try:
            run = replay.read(code)
        except ScenarioError:
            return  # of another version
        if run.hour >= WORTH or run.changes or run.overrides:
            self.offer.value = Offer(code, when)

    def _keep(self, coded: Coded) -> None:
        if self._widget is not None and self.offer.value is None:
            arms = " and ".join(twin.letter for twin in self._session.twins.arms.value)
            self._widget.when = coded.when + (f", without {arms} beside it" if arms else "")
            self._widget.code = coded.code
