"""Many sessions at once on one dashboard: pictures of the slowest, nobody sees another's state, memory after.

    .venv/bin/python scripts/load_test.py --sessions 20 --minutes 10

Starts a server, opens the sessions over its websocket as a page does (every picture is answered as painted, every curve
as drawn; no browser paints, which would take the server's cores), gives each a first tissue of a size of its own, lets
them run, closes them, and counts processes and memory: when a first wave has gone, during and after. Ends with 1 where
an aim is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import re
import struct
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psutil  # type: ignore[import-untyped]
from websockets.asyncio.client import ClientConnection, connect

from immune_sim.app.dashboard.server import HOST, free_port

SLOWEST = 2.0  # pictures per second that the slowest session must reach, in every window
WINDOW = 10.0  # s
AGAIN = 40.0  # s after which a person begins again; at a day a second a run of 60 days has not ended then
FIRST_WAVE = 60.0  # s
LEFT_OVER = 15e6  # bytes by which the server may grow from wave to wave
PROGRAM = "import sys; from immune_sim.app.dashboard.server import serve; serve(int(sys.argv[1])).run()"
USUAL = 200  # tumor cells with which the scenario begins that every page opens with
FIRST_CELLS, STEP = 100, 7  # session number i begins with 100 + 7 i tumor cells
CELLS = re.compile(r"day 0, 00:00.*?: ([\d,]+) living tumor cells")


@dataclass
class Visit:
    """One session: what its page was told."""

    number: int
    base: str
    kernel: str = field(default_factory=lambda: str(uuid.uuid4()))
    page: str = field(default_factory=lambda: str(uuid.uuid4()))
    painted: list[float] = field(default_factory=list)
    bytes_received: int = 0
    widgets: dict[str, str] = field(default_factory=dict)  # comm -> canvas, plot, sheet, keys
    known: set[str] = field(default_factory=set)  # every comm that was opened here
    foreign: int = 0  # messages for a comm that was not
    begun_with: set[int] = field(default_factory=set)
    wanted_by: set[int] = field(default_factory=set)
    socket: ClientConnection = field(init=False)
    hand: asyncio.Task[None] | None = None

    @property
    def cells(self) -> int:
        """Tumor cells with which the tissue of this session begins, and no other's."""
        return FIRST_CELLS + STEP * self.number

    async def run(self, until: float) -> None:
        """Open the page, take part until then, say good-bye."""
        address = f"{self.base.replace('http', 'ws')}/jupyter/api/kernels/{self.kernel}/channels?session_id={self.page}"
        headers = {"Cookie": f"solara-session-id={self.page}"}
        async with connect(address, additional_headers=headers, max_size=None, ping_interval=None) as self.socket:
            await self._open_page()
            while (left := until - time.monotonic()) > 0:
                try:
                    message = await asyncio.wait_for(self.socket.recv(), left)
                except TimeoutError:
                    break
                self.bytes_received += len(message)
                await self._take(*_read(message))
            if self.hand is not None:
                self.hand.cancel()
            request = urllib.request.Request(
                f"{self.base}/_solara/api/close/{self.kernel}?session_id={self.page}", method="POST"
            )
            await asyncio.to_thread(urllib.request.urlopen, request)

    async def _open_page(self) -> None:
        comm = str(uuid.uuid4())
        self.known.add(comm)
        await self._send("comm_open", {"comm_id": comm, "target_name": "solara.control", "data": {}})
        themes: dict[str, dict[str, str]] = {"light": {}, "dark": {}}
        arguments = {"path": "", "appName": "__default__", "themes": themes, "dark": False}
        await self._send("comm_msg", {"comm_id": comm, "data": {"method": "run", "args": arguments}})

    async def _take(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "comm_msg" and content["comm_id"] not in self.known:
            self.foreign += 1
        if kind == "comm_open":
            self.known.add(content["comm_id"])
            await self._widget(content["comm_id"], content["data"].get("state", {}))
        elif kind == "comm_msg" and self.widgets.get(content["comm_id"]) == "canvas":
            await self._canvas(content["comm_id"], content["data"].get("state", {}))
        elif kind == "comm_msg" and self.widgets.get(content["comm_id"]) == "plot" and buffers:
            await self._say(content["comm_id"], {"kind": "drawn"})
        elif kind == "comm_msg" and self.widgets.get(content["comm_id"]) == "sheet":
            values = content["data"].get("state", {}).get("values", {})
            if "inoculum.tumor_cells" in values:
                self.wanted_by.add(values["inoculum.tumor_cells"])

    async def _widget(self, comm: str, state: dict[str, Any]) -> None:
        marks = {"site_size": "canvas", "plotly_url": "plot", "groups": "sheet", "known": "keys"}
        if "_esm" not in state or (name := next((marks[each] for each in marks if each in state), None)) is None:
            return
        if name in self.widgets.values():
            return
        self.widgets[comm] = name
        if name == "plot":
            await self._say(comm, {"kind": "ready"})
        if name == "sheet":
            await self._say(comm, {"kind": "set", "address": "inoculum.tumor_cells", "value": self.cells})
        if name == "keys":
            self.hand = asyncio.create_task(self._begin(comm))

    async def _begin(self, keys: str) -> None:
        await asyncio.sleep(2.0)
        while True:  # begin with the tissue of one's own, and again before the run comes to its end
            for key in (" ", "r", " "):  # stand, begin again, play
                await self._say(keys, {"kind": "key", "key": key})
                await asyncio.sleep(1.5)
            await asyncio.sleep(AGAIN)

    async def _canvas(self, comm: str, state: dict[str, Any]) -> None:
        found = CELLS.search(state.get("description", ""))
        if found:
            self.begun_with.add(int(found.group(1).replace(",", "")))
        if "number" in state:
            self.painted.append(time.monotonic())
            await self._say(comm, {"kind": "painted", "number": state["number"]})

    async def _say(self, comm: str, content: dict[str, Any]) -> None:
        await self._send("comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": content}})

    async def _send(self, kind: str, content: dict[str, Any]) -> None:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": self.page, "username": "", "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        await self.socket.send(json.dumps(message | {"buffers": []}))

    def slowest(self, start: float, end: float) -> float:
        """Pictures per second in the slowest window."""
        windows = []
        while start + WINDOW <= end:
            windows.append(sum(start <= each < start + WINDOW for each in self.painted) / WINDOW)
            start += WINDOW
        return min(windows, default=0.0)


def _read(message: str | bytes) -> tuple[dict[str, Any], list[bytes]]:
    if isinstance(message, str):
        return json.loads(message), []
    count = struct.unpack("!i", message[:4])[0]
    offsets = [*struct.unpack("!" + "I" * count, message[4 : 4 * (count + 1)]), len(message)]
    parts = [message[a:b] for a, b in itertools.pairwise(offsets)]
    return json.loads(parts[0]), parts[1:]


def weigh(server: psutil.Process) -> tuple[float, float, int]:
    """Bytes of the server, bytes of all its processes (shared memory divided among them), and how many these are."""
    children = server.children(recursive=True)
    shares = [float(server.memory_full_info().uss)]
    for each in children:
        try:
            shares.append(float(each.memory_full_info().pss))
        except psutil.Error:
            continue
    return shares[0], sum(shares), len(children)


def worked(processes: Iterable[psutil.Process]) -> dict[int, float]:
    """Seconds of a processor that each process has used so far."""
    found = {}
    for each in processes:
        with contextlib.suppress(psutil.Error):
            found[each.pid] = sum(each.cpu_times()[:2])
    return found


@dataclass
class Middle:
    """What was measured between a fifth and four fifths of the time, when all pages stand.

    total: bytes of all processes; processes: beside the server; shares of a core: of server, of the processes beside
    it, of these visitors; pictures: of all sessions.
    """

    total: float = 0.0
    processes: int = 0
    server: float = 0.0
    beside: float = 0.0
    visitors: float = 0.0
    pictures: int = 0
    seconds: float = 0.0


async def visit(base: str, count: int, seconds: float, server: psutil.Process) -> tuple[list[Visit], Middle]:
    """Let so many sessions run at once; also what was measured in the middle of it."""
    until = time.monotonic() + seconds
    visits = [Visit(number, base) for number in range(count)]
    middle = asyncio.create_task(measured(visits, seconds, server))
    await asyncio.gather(*(each.run(until) for each in visits))
    return visits, await middle


async def measured(visits: list[Visit], seconds: float, server: psutil.Process) -> Middle:
    """Wait for the middle of the time and measure."""

    def now() -> tuple[float, int, dict[int, float]]:
        processes = [server, psutil.Process(), *server.children(recursive=True)]
        return time.monotonic(), sum(len(each.painted) for each in visits), worked(processes)

    await asyncio.sleep(0.2 * seconds)
    began, painted, before = await asyncio.to_thread(now)
    await asyncio.sleep(0.6 * seconds)
    ended, painted_then, after = await asyncio.to_thread(now)
    spent = {pid: share - before.get(pid, 0.0) for pid, share in after.items()}
    own, ours = spent.pop(server.pid), spent.pop(psutil.Process().pid)
    _, total, processes = await asyncio.to_thread(weigh, server)
    span = ended - began
    return Middle(total, processes, own / span, sum(spent.values()) / span, ours / span, painted_then - painted, span)


def settled(server: psutil.Process, processes: int, patience: float = 30.0) -> tuple[float, float, int]:
    """Weigh the server when its sessions' processes have gone, or when patience is over."""
    until = time.monotonic() + patience
    while time.monotonic() < until and len(server.children(recursive=True)) > processes:
        time.sleep(0.5)
    time.sleep(3.0)
    return weigh(server)


def main() -> int:
    """Run the test and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10.0)
    options = parser.parse_args()
    port = free_port(0)
    base = f"http://{HOST}:{port}"
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(port)]) as running:
        try:
            return _measure(base, psutil.Process(running.pid), options.sessions, 60.0 * options.minutes)
        finally:
            running.terminate()


def _measure(base: str, server: psutil.Process, sessions: int, seconds: float) -> int:
    _wait_for(base)
    fresh = weigh(server)[0]
    # What is loaded with the first sessions stays, and so does what their crowd takes of the heap: a wave of as many
    # comes first. Were there a leak, the second one, which is longer, would leave more behind.
    asyncio.run(visit(base, sessions, min(seconds, FIRST_WAVE), server))
    print(f"before any session: server {fresh / 1e6:.0f} MB")
    own, total, processes = settled(server, 1)
    print(f"after a first wave: server {own / 1e6:.0f} MB, all {total / 1e6:.0f} MB, {processes} processes beside it")
    began = time.monotonic()
    visits, middle = asyncio.run(visit(base, sessions, seconds, server))
    print(
        f"processor: server {middle.server:.0%} of a core, sessions' processes {middle.beside:.0%}, "
        f"these visitors {middle.visitors:.0%}"
    )
    if middle.pictures:
        print(f"server: {1e3 * middle.server * middle.seconds / middle.pictures:.1f} ms a picture, all else included")
    received = sum(each.bytes_received for each in visits)
    print(f"received {received / sessions / seconds / 1e3:.0f} kB a second and session")
    ended = began + seconds
    rates = sorted((each.slowest(began + 0.1 * seconds, ended), each.number) for each in visits)
    means = [len(each.painted) / seconds for each in visits]
    print(f"during: all {middle.total / 1e6:.0f} MB, {middle.processes} processes beside the server")
    print(f"pictures per second: mean {sum(means) / sessions:.1f}, least {min(means):.1f}, most {max(means):.1f}")
    print(f"slowest {WINDOW:.0f} s of any session: {rates[0][0]:.1f} per second (session {rates[0][1]})")
    strangers = [each.number for each in visits if each.begun_with - {USUAL} != {each.cells}]
    mixed_up = [each.number for each in visits if each.wanted_by - {USUAL} != {each.cells}]
    print(f"sessions that saw another's tissue: {strangers or 'none'}; another's values: {mixed_up or 'none'}")
    foreign = sum(each.foreign for each in visits)
    print(f"messages for what a page never opened: {foreign}")
    after_own, after, left = settled(server, processes)
    print(f"after: server {after_own / 1e6:.0f} MB, all {after / 1e6:.0f} MB, {left} processes beside the server")
    bad = [
        rates[0][0] < SLOWEST and "the slowest session painted less than twice a second",
        bool(strangers or mixed_up or foreign) and "sessions mixed up",
        left > processes and "processes stayed behind",
        after_own - own > LEFT_OVER and "memory stayed behind",
    ]
    for each in filter(None, bad):
        print(f"MISSED: {each}")
    return int(any(bad))


def _wait_for(base: str) -> None:
    until = time.monotonic() + 60.0
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{base}/readyz", timeout=1)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the dashboard did not answer")


if __name__ == "__main__":
    sys.exit(main())
