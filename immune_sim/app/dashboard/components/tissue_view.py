"""The tissue itself: by what it is colored, the canvas or the cloud, the cut of a solid tissue, the card of a cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.components.cell_card import CellCard
from immune_sim.app.dashboard.components.color_by import ColorBy
from immune_sim.app.dashboard.components.controls import Action, IconAction, text
from immune_sim.app.dashboard.components.twin_view import FirstHead, Legend, Parting, TwinSlot
from immune_sim.app.dashboard.pictures import AXES, Slice
from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.widgets.point_cloud import PointCloud
from immune_sim.app.dashboard.widgets.tissue_canvas import TissueCanvas


@solara.component
def TissueView(session: Session, on_widget: Callable[[TissueCanvas], None]) -> None:
    """on_widget: told of the canvas once it exists."""
    solid = session.stage.shape.value[0] > 1
    with v.Html(tag="section", class_="card tissue-card", attributes={"aria-label": "Tissue"}):
        ColorBy(session)
        shown = "shows-cloud" if solid and session.cloud.value else "shows-canvas"
        with v.Html(tag="div", class_="arms"):
            with v.Html(tag="div", class_="arm"):
                FirstHead(session)
                with v.Html(tag="div", class_=f"tissue-stage {shown}"):
                    with v.Html(tag="div", class_="tissue-place is-canvas"):
                        canvas = TissueCanvas.element()
                    if solid:
                        TurningCloud(session)
                    Message(session)
                    CellCard(session)
            for twin in session.twins.arms.value:
                TwinSlot(session, twin).key(f"arm-{twin.number}")
        if solid:
            Cut(session)
        Legend(session)
        Parting(session)
    solara.use_effect(lambda: on_widget(solara.get_widget(canvas)), [])


@solara.component
def TurningCloud(session: Session) -> None:
    """The solid tissue as balls; the picture goes on in slices while it is hidden."""

    def attach() -> Callable[[], None]:
        session.stage.attach_cloud(solara.get_widget(cloud))
        return session.stage.detach_cloud

    with v.Html(tag="div", class_="tissue-place is-cloud"):
        cloud = PointCloud.element()
    solara.use_effect(attach, [])


@solara.component
def Cut(session: Session) -> None:
    """A solid tissue in slices or as a cloud, across which axis it is cut, and where."""
    where, extents = session.where.value, session.stage.shape.value
    last = extents[where.axis] - 1
    ways = (("Slices", False, "One layer of sites"), ("Cloud", True, "All cells as balls: drag to turn, wheel to zoom"))
    with v.Html(tag="div", class_="cut"):
        v.BtnToggle(
            v_model=int(session.cloud.value),
            on_v_model=lambda chosen: session.show_cloud(bool(chosen)),
            mandatory=True,
            dense=True,
            class_="segments",
            children=[_button(label, int(cloud), about) for label, cloud, about in ways],
        )
        v.BtnToggle(
            v_model=where.axis,
            on_v_model=lambda axis: session.slice(Slice(axis, extents[axis] // 2)),
            mandatory=True,
            dense=True,
            class_="segments",
            children=[_button(AXES[axis], axis, f"Cut across {AXES[axis]}") for axis in (2, 1, 0)],
        )
        v.Slider(
            v_model=min(where.at, last),
            on_v_model=lambda at: session.slice(Slice(where.axis, at)),
            min=0,
            max=last,
            dense=True,
            hide_details=True,
            attributes={"aria-label": "Slice"},
        )
        text(f"{AXES[where.axis]} {min(where.at, last) + 1} of {last + 1}", "speed-words")


def _button(label: str, value: int, about: str) -> Any:
    return v.Btn(value=value, small=True, text=True, ripple=False, children=[label], attributes={"title": about})


@solara.component
def Message(session: Session) -> None:
    """One sentence over the tissue when there is something to say: the end of a run, a dose, a mistake and its cure."""
    words = session.stage.message.value
    if words:
        with v.Html(tag="div", class_="message", attributes={"role": "status"}):
            text(words, "", "span")
            if session.stage.lost.value:
                Action("Begin again", "mdi-restart", session.begin_again, kind="quiet", title="Start another process")
                coded = session.away.codes.value.get(0)
                if coded is not None and coded.when:
                    Action(f"Bring back {coded.when}", "mdi-history", session.begin_where_it_was, kind="quiet")
            else:
                IconAction("mdi-close", lambda: session.stage.message.set(""), "Close the message")
