"""What is set in Solara before it serves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from immune_sim.app.dashboard.server import Unheard, no_mocks


def test_no_message_of_a_page_makes_a_mock() -> None:
    """Catches a release of Solara in which the way round its mocks leads nowhere any more."""
    no_mocks()
    from solara.server.patch import FakeIPython

    kernel = SimpleNamespace(shell=SimpleNamespace(display_pub=None))
    shell = FakeIPython(cast(Any, SimpleNamespace(kernel=kernel)))
    assert isinstance(shell.events, Unheard)
    for method in ("trigger", "register", "unregister"):
        assert getattr(shell.events, method)("pre_execute", print) is None
