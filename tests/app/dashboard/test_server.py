"""What is set in Solara before it serves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, cast

import pytest
from solara.server.websocket import WebSocketDisconnect

from immune_sim.app.dashboard.sending import _lined, _without_busy
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


class Plain:
    """A page that keeps what it gets; it is gone after so many messages."""

    def __init__(self, patience: int):
        self.event_loop, self.tasks = asyncio.get_running_loop(), set[Any]()
        self.got: list[str | bytes] = []
        self._patience = patience

    async def _send_text_exc(self, message: str | bytes) -> None:
        await asyncio.sleep(0)
        if len(self.got) == self._patience:
            raise WebSocketDisconnect
        self.got.append(message)

    _send_bytes_exc = _send_text_exc


def in_a_loop_of_its_own[T](page: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What a coroutine gives. In a thread: a browser test of this process keeps its loop running in the main one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(page())).result()


def test_messages_of_a_line_come_all_and_in_their_order() -> None:
    """Catches a message that is overtaken, sent twice, or left lying because nobody begins to send."""
    sent: list[str | bytes] = [str(i) if i % 3 else str(i).encode() for i in range(3000)]

    async def page() -> list[str | bytes]:
        made = _lined(Plain)(10_000)
        threading.Thread(target=lambda: [made.send_text(each) for each in sent]).start()
        until = asyncio.get_running_loop().time() + 20.0
        while len(made.got) < len(sent) and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.01)
        return cast("list[str | bytes]", made.got)

    assert in_a_loop_of_its_own(page) == sent


def test_a_page_that_is_gone_is_found_out() -> None:
    """Catches a line that grows for a page that nobody looks at any more."""

    async def page() -> None:
        made = _lined(Plain)(5)
        for number in range(10):
            made.send_text(str(number))
        await asyncio.sleep(0.2)
        assert len(made.got) == 5
        with pytest.raises(WebSocketDisconnect):
            made.send_text("too late")

    in_a_loop_of_its_own(page)


def test_pages_are_told_when_a_message_is_done_but_not_when_it_is_begun() -> None:
    """ipywidgets waits for "idle" before a widget sends again; nothing waits for "busy"."""
    sent: list[Any] = []
    send = _without_busy(lambda _, stream, kind, content=None, *rest, **words: sent.append((kind, content)))
    for kind, content in (
        ("status", {"execution_state": "busy"}),
        ("comm_msg", {}),
        ("status", {"execution_state": "idle"}),
    ):
        send(None, None, kind, content)
    assert sent == [("comm_msg", {}), ("status", {"execution_state": "idle"})]
