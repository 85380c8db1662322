"""The run that a tab had before: what is kept of a session, and what of it is offered again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.away import Coded
from immune_sim.app.dashboard.kept import Kept, Offer
from immune_sim.app.dashboard.replay import Change, Run
from immune_sim.app.dashboard.widgets.keepsake import Keepsake


@pytest.fixture
def page() -> Any:
    """What a session does here, and the codes that it was asked to bring back."""
    brought: list[str] = []
    twins = SimpleNamespace(arms=SimpleNamespace(value=(SimpleNamespace(letter="B"),)))
    session: Any = SimpleNamespace(away=SimpleNamespace(), twins=twins, bring_back=brought.append)
    kept, widget = Kept(session), Keepsake()
    kept.attach(widget)
    return SimpleNamespace(kept=kept, widget=widget, session=session, brought=brought)


@pytest.mark.parametrize(
    ("run", "offered"),
    [
        (Run("ldn-mouse", 1, 53 * 24), True),
        (Run("ldn-mouse", 1, 3), False),  # nothing is lost with it
        (Run("ldn-mouse", 1, 3, changes=(Change(2.0, 0.002),)), True),
    ],
)
def test_a_run_of_another_session_is_offered_and_brought_back(page: Any, run: Run, offered: bool) -> None:
    code = replay.code(run)
    page.widget._received(None, {"kind": "found", "code": code, "when": "day 53, 00:00"}, None)
    assert page.kept.offer.value == (Offer(code, "day 53, 00:00") if offered else None)
    page.session.away.on_code(Coded("another", "day 0, 01:00"))
    assert page.widget.code == ("" if offered else "another")  # an offer is not written over
    page.kept.bring_back()
    assert page.brought == ([code] if offered else [])
    page.session.away.on_code(Coded("later", "day 54, 00:00"))
    assert (page.widget.code, page.widget.when) == ("later", "day 54, 00:00, without B beside it")


def test_what_is_no_code_is_not_offered(page: Any) -> None:
    page.widget._received(None, {"kind": "found", "code": "<b>", "when": "day 1"}, None)
    assert page.kept.offer.value is None
