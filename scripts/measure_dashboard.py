"""The figures that the dashboard aims at, measured in a headless Chromium on this machine.

    .venv/bin/python scripts/measure_dashboard.py

Page ready and first load of a new browser, what comes over its websocket included; size of the messages that carry a
picture, of a young tissue and of a large tumor in the colors that compress least; from the computed hour to the
painted picture, and from a press on "1 hour", which holds the way there and the computing too; painted pictures a
second while it runs, alone and with four arms. The load of the machine is printed first: on a busy one the figures say
little.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import statistics
import struct
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from immune_sim.app.dashboard.server import HOST, free_port

PROGRAM = "import sys; from immune_sim.app.dashboard.server import serve; serve(int(sys.argv[1])).run()"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BINARY = 2  # opcode of a websocket
SECONDS = 10.0  # of counting pictures
PRESSES = 15
GROWN_DAYS = 45  # of the low dose; some 1,800 tumor cells
CHANGES = ("No drug", "Around the clock", "Tumor proliferation")  # of the three other arms
PRESS = """() => new Promise(resolve => {
  const before = window.__immune_sim.painted, began = performance.now();
  [...document.querySelectorAll('button')].find(b => b.innerText.trim() === '1 hour').click();
  const look = () => window.__immune_sim.painted > before ? resolve(performance.now() - began) : setTimeout(look, 1);
  look();
})"""


def main() -> None:
    """Measure and print."""
    port = free_port(0)
    base = f"http://{HOST}:{port}"
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    found = os.environ.get("CHROMIUM") or next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(port)]) as server, sync_playwright() as playwright:
        try:
            _wait_for(base)
            browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
            _first(browser, base)  # the server and the model are loaded then
            page = _load(browser, base)
            _pictures(page)
            browser.close()
        finally:
            server.terminate()


def _first(browser: Browser, base: str) -> None:
    page = browser.new_context().new_page()
    page.goto(base)
    _painted(page, 1)
    page.context.close()


def _load(browser: Browser, base: str) -> Page:
    """A browser that has nothing cached: how long until a tissue is painted, and how much came."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    received = [0.0]

    def count(event: dict[str, float]) -> None:
        received[0] += event["encodedDataLength"]

    def count_frame(event: dict[str, Any]) -> None:
        received[0] += _size(event["response"])  # before the websocket's own compression: rather too much
        frames.extend(_picture_size(event["response"]))

    network.on("Network.loadingFinished", count)
    frames: list[int] = []
    network.on("Network.webSocketFrameReceived", count_frame)
    began = time.perf_counter()
    page.goto(base)
    _painted(page, 1)
    print(f"page ready: {time.perf_counter() - began:.2f} s (aim: 3)")
    page.locator(".curves[data-points]").wait_for()
    page.wait_for_timeout(1500)
    print(f"first load: {received[0] / 1e6:.2f} MB (aim: below 7)")
    page.wait_for_timeout(1000.0 * SECONDS)
    _say("a picture of a young tissue", frames)
    _grow(page)
    frames.clear()
    for color in ("Receptors", "Signal"):
        page.locator(".segments").get_by_text(color, exact=True).click()
        page.wait_for_timeout(1000)
    _say("a picture of a large tumor", frames)
    page.locator(".segments").get_by_text("Type", exact=True).click()
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(1000)
    return page


def _say(what: str, frames: list[int]) -> None:
    print(f"{what}: median {statistics.median(frames) / 1e3:.1f} kB, largest {max(frames) / 1e3:.1f} kB (aim: 40)")


def _grow(page: Page) -> None:
    """Days without a look at each of them, until the tumor is large."""
    page.get_by_role("button", name="Pause", exact=True).click()
    for _ in range(GROWN_DAYS):
        page.get_by_role("button", name="1 day", exact=True).click()
    page.wait_for_function(f"+document.querySelector('.clock').dataset.hour >= {24 * GROWN_DAYS}", timeout=120_000)


def _size(frame: dict[str, Any]) -> float:
    """Bytes of a message; a binary one is told in base64."""
    return len(frame["payloadData"]) * (0.75 if frame["opcode"] == BINARY else 1.0)


def _picture_size(frame: dict[str, Any]) -> Iterator[int]:
    """Bytes of a binary message, where it carries a picture of a tissue."""
    if frame["opcode"] != BINARY:
        return
    message = base64.b64decode(frame["payloadData"])
    count = struct.unpack_from("!i", message)[0]
    begin, end = struct.unpack_from("!2I", message, 4) if count > 1 else (0, 0)
    if "number" in json.loads(message[begin:end] or b"{}").get("content", {}).get("data", {}).get("state", {}):
        yield len(message)


def _pictures(page: Page) -> None:
    rate = _rate(page, 1)
    print(f"painted pictures a second, one tissue: {rate:.1f} (aim: 15)")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.wait_for_timeout(1500)
    times = []
    for _ in range(PRESSES):
        times.append(page.evaluate(PRESS))
        page.wait_for_timeout(300)
    lags = page.evaluate("n => window.__immune_sim.lags.slice(-n)", PRESSES)
    print(f"from hour computed to painted: median {statistics.median(lags):.0f} ms, worst {max(lags):.0f} ms (aim: 60)")
    print(f"from press to painted: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms")
    for number, change in enumerate(CHANGES):
        page.get_by_role("button", name="Add" if number else "Compare", exact=True).click()
        page.locator(".twin-panel").get_by_role("button", name=change, exact=True).click()
        page.locator(".panel-title").wait_for(state="detached")
        page.wait_for_timeout(1500)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(1000)
    print(f"painted pictures a second, each of four arms: {_rate(page, 4):.1f} (aim: 8)")


def _rate(page: Page, canvases: int) -> float:
    before, began = _count(page), time.perf_counter()
    page.wait_for_timeout(1000.0 * SECONDS)
    return (_count(page) - before) / (time.perf_counter() - began) / canvases


def _count(page: Page) -> int:
    return int(page.evaluate("window.__immune_sim.painted"))


def _painted(page: Page, count: int) -> None:
    page.wait_for_function("n => window.__immune_sim && window.__immune_sim.painted >= n", arg=count, timeout=90_000)


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
    main()
