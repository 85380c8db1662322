"""A running dashboard, a browser with the network off, and a page as a person sees it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from immune_sim.app.dashboard.server import HOST, free_port

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
TIMEOUT = 40_000  # ms for whatever a page is waited for
PATIENCE = 90.0  # s for the server; a machine that runs other tests is slow
expect.set_options(timeout=TIMEOUT)
PROGRAM = "import sys; from immune_sim.app.dashboard.server import serve; serve(int(sys.argv[1])).run()"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a test failed, tell what stood on its page: a failure elsewhere can often not be repeated here."""
    report = yield
    given = getattr(item, "funcargs", {})
    page = next((each.page for each in given.values() if isinstance(each, Lab)), None)
    if report.failed and page is not None and not page.is_closed():
        with contextlib.suppress(Error):
            report.sections.append(("The page", page.locator("body").inner_text(timeout=5_000)))
    return report


@pytest.fixture(scope="session")
def server(running_server: tuple[str, int]) -> str:
    """Address of a dashboard in a process of its own."""
    return running_server[0]


@pytest.fixture(scope="session")
def running_server() -> Iterator[tuple[str, int]]:
    """Address and process of a dashboard, as ``immune-sim dashboard`` starts it."""
    with _served(PROGRAM) as found:
        yield found


@pytest.fixture
def crowded() -> Iterator[str]:
    """Address of a dashboard that lets in one person at a time."""
    limited = "from immune_sim.app.dashboard import limits; limits.use(limits.Limits(sessions=1)); " + PROGRAM
    with _served(limited) as (url, _):
        yield url


@contextlib.contextmanager
def _served(program: str) -> Iterator[tuple[str, int]]:
    port = free_port(0)
    url = f"http://{HOST}:{port}"
    running = subprocess.Popen([sys.executable, "-c", program, str(port)])
    try:
        _wait_for(url, running)
        yield url, running.pid
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()


def _wait_for(url: str, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if running.poll() is not None:
            pytest.fail(f"the dashboard ended by itself with code {running.returncode}; its output is above")
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the dashboard did not answer within {PATIENCE:.0f} s")


def resources(url: str) -> dict[str, dict[str, int]]:
    """Sessions and threads of the server, as it counts them itself."""
    with urllib.request.urlopen(f"{url}/resourcez", timeout=5) as answer:
        found: dict[str, dict[str, int]] = json.load(answer)
    return found


def descendants(pid: int) -> set[int]:
    """The processes that a process has started, and those that these have started."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in (line.split() for line in listed.splitlines())}
    found: set[int] = set()
    grown = {pid}
    while grown:
        grown = {child for child, parent in parents.items() if parent in grown}
        found |= grown
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; CHROMIUM names another one than the one on the path."""
    found = os.environ.get("CHROMIUM") or next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("no Chromium found: install it (on Debian `apt-get install chromium`) or name it in CHROMIUM")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        opened.close()


class Visitor:
    """A browser context of one person, offline but for the server, and what went wrong in it."""

    def __init__(self, browser: Browser, server: str):
        self.server = server
        self.refused: list[str] = []
        self.errors: list[str] = []
        self.context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 720})
        self.context.set_default_timeout(TIMEOUT)
        self.context.route("**/*", self._only_local)

    def _only_local(self, route: object) -> None:
        url: str = route.request.url  # type: ignore[attr-defined]
        if url.startswith(self.server) or url.startswith(("data:", "blob:")):
            route.continue_()  # type: ignore[attr-defined]
        else:
            self.refused.append(url)
            route.abort()  # type: ignore[attr-defined]

    def check(self) -> None:
        """Since the last check nothing was asked of the network, and nothing went wrong in the page."""
        refused, errors = self.refused[:], self.errors[:]
        self.refused.clear()  # a page is shared by many tests: each answers for itself only
        self.errors.clear()
        assert refused == []
        assert errors == []

    def open(self) -> Lab:
        """Open the Lab, wait until a tissue is painted, and let the clock stand."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        page.goto(self.server)
        lab = Lab(page)
        lab.wait_painted(1)
        return lab


class Lab:
    """The page of the Lab, with the hands and eyes of a person."""

    def __init__(self, page: Page):
        self.page = page

    def press(self, name: str) -> None:
        """Press the button of this name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    @property
    def hour(self) -> int:
        """The hour that the clock shows."""
        return int(self.page.locator(".clock").get_attribute("data-hour") or -1)

    @property
    def painted(self) -> int:
        """Pictures of the tissue that were painted so far."""
        return int(self.page.evaluate("window.__immune_sim ? window.__immune_sim.painted : 0"))

    def wait_painted(self, count: int) -> None:
        """Wait until this many pictures were painted."""
        self.page.wait_for_function(
            "n => window.__immune_sim && window.__immune_sim.painted >= n", arg=count, timeout=60_000
        )

    def wait_hour(self, condition: str) -> None:
        """Wait until the clock fulfills a condition in h, for example "h >= 5"."""
        self.page.wait_for_function(
            f"(() => {{ const h = +document.querySelector('.clock').dataset.hour; return {condition}; }})()"
        )

    def close_panels(self) -> None:
        """Close what a test before, which failed, left open over the page."""
        while self.page.locator(".v-dialog--active").count():
            self.page.keyboard.press("Escape")
            self.page.wait_for_timeout(500)

    def pause(self) -> int:
        """Let the clock stand and return the hour at which it does."""
        if self.page.get_by_role("button", name="Pause", exact=True).count():
            self.press("Pause")
        self.page.get_by_role("button", name="Play", exact=True).wait_for()
        self.page.wait_for_timeout(400)
        return self.hour

    def choose(self, title: str) -> None:
        """Take a scenario by its title, unchanged, and let the clock stand at hour 0."""
        chosen = self.page.locator(".scenario .v-select__selection")
        if chosen.inner_text() == title:
            if self.page.locator(".changes").count():
                self.press("Undo all")
            if self.page.locator(".scenario-regimen.is-changed").count():
                self.own_schedule()
        else:
            self.page.locator(".scenario .v-select").click()
            self.page.locator(".choice-menu .v-list-item").get_by_text(title, exact=True).click()
            chosen.get_by_text(title, exact=True).wait_for()
            self.page.get_by_role("button", name="Pause", exact=True).wait_for()  # a chosen scenario plays
        self.pause()
        self.press("Reset")
        self.wait_hour("h === 0")
        self.page.wait_for_timeout(200)

    def own_schedule(self) -> None:
        """Take the scenario's own schedule back, which begins a new run."""
        self.press("Begin again with the scenario's own schedule")
        self.page.locator(".scenario-regimen.is-changed").wait_for(state="detached")
        self.page.get_by_role("button", name="Pause", exact=True).wait_for()

    def color_by(self, name: str) -> None:
        """Color the tissue by something else."""
        self.page.locator(".segments").get_by_text(name, exact=True).click()

    def picture(self) -> str:
        """What the canvas shows when it has come to rest, as text that differs when it does."""
        before = ""
        while (now := self._canvas()) != before:
            before = now
            self.page.wait_for_timeout(250)
        return now

    def expect_picture(self, wanted: str) -> None:
        """Wait until the canvas shows this picture again, dot by dot."""
        until = time.monotonic() + PATIENCE / 3
        while self._canvas() != wanted:
            assert time.monotonic() < until, "the canvas does not show the picture that it showed before"
            self.page.wait_for_timeout(100)

    def _canvas(self) -> str:
        return str(self.page.locator(".tissue-canvas").evaluate("canvas => canvas.toDataURL()"))

    def curve(self, name: str) -> list[float]:
        """The points of a drawn curve."""
        return list(
            self.page.locator(".curves").evaluate(
                "(plot, name) => plot.data.find(t => t.name === name).y.map(v => v ?? NaN)", name
            )
        )


@pytest.fixture
def visitor(browser: Browser, server: str) -> Iterator[Visitor]:
    """One person; afterwards nothing was asked of the network, and nothing went wrong in the page."""
    person = Visitor(browser, server)
    yield person
    person.context.close()
    person.check()


@pytest.fixture(scope="session")
def _shared(browser: Browser, server: str) -> Iterator[tuple[Visitor, Lab]]:
    person = Visitor(browser, server)
    yield person, person.open()
    person.context.close()


@pytest.fixture
def lab(_shared: tuple[Visitor, Lab]) -> Iterator[Lab]:
    """The Lab with its clock standing; one page for many tests, which choose their scenario themselves."""
    person, opened = _shared
    opened.close_panels()
    opened.pause()
    yield opened
    person.check()
