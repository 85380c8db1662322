"""Messages to pages without waiting for each: what Solara sends, sent for less.

Solara hands every message from the thread of a session to the thread of the server and waits until it is sent: two
changes of thread and a task each, for twenty sessions half of what the server does. Here messages are left in a line,
and the server sends all that wait there in one go, in their order. A page answers every picture before it gets another
one, so that the line of a slow page stays short.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any


def send_in_lines() -> None:
    """Let pages that open from now on have lines, and spare them word that each of their messages is worked on."""
    from solara.server import kernel, starlette

    starlette.WebsocketWrapper = _lined(starlette.WebsocketWrapper)  # type: ignore[misc]
    kernel.SessionWebsocket.send = _without_busy(kernel.SessionWebsocket.send)  # type: ignore[method-assign]


def _lined(base: Any) -> Any:
    from solara.server.websocket import WebSocketDisconnect

    class Lined(base):
        """A page's websocket with a line; ``send_text`` and ``send_bytes`` may be called from any thread."""

        def __init__(self, *arguments: Any):
            super().__init__(*arguments)
            self._waiting: deque[str | bytes] = deque()
            self._guard = threading.Lock()
            self._sending = self._gone = False

        def _leave(self, message: str | bytes) -> None:
            if self._gone:
                raise WebSocketDisconnect
            with self._guard:
                self._waiting.append(message)
                begin, self._sending = not self._sending, True
            if begin:
                try:
                    self.event_loop.call_soon_threadsafe(self._begin)
                except RuntimeError:  # the server is ending
                    self._gone = True
                    raise WebSocketDisconnect from None

        send_text = send_bytes = _leave

        def _begin(self) -> None:
            task = self.event_loop.create_task(self._send_all())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

        async def _send_all(self) -> None:
            try:
                while (message := self._next()) is not None:
                    send = self._send_bytes_exc if isinstance(message, bytes) else self._send_text_exc
                    await send(message)
            except WebSocketDisconnect:
                self._gone = True  # the next message finds that out, as one that is sent at once would
                self._waiting.clear()

        def _next(self) -> str | bytes | None:
            with self._guard:
                if self._waiting:
                    return self._waiting.popleft()
                self._sending = False
            return None

    return Lined


def _without_busy(send: Any) -> Any:
    """Every message of a page is answered by "busy" and "idle"; pages need the second one only."""

    def send_but(self: Any, stream: Any, kind: Any, content: Any = None, *rest: Any, **words: Any) -> Any:
        if kind == "status" and content == {"execution_state": "busy"}:
            return None
        return send(self, stream, kind, content, *rest, **words)

    return send_but
