"""Write docs/images/: every page and panel of the dashboard as a person sees it, light and dark.

    python scripts/write_screenshots.py [--only NAME ...] [--studies FOLDER]

Starts a dashboard of its own, brings back one run by its code, so that the same state is on every picture, and drives a
headless Chromium (the one on the path, or the one that CHROMIUM names). Look at the pictures before you commit them.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from immune_sim.app.dashboard.replay import Change, Run, code
from immune_sim.app.dashboard.server import HOST, free_port

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
LARGEST = 400_000  # bytes of one picture
PROGRAM = "import sys; from immune_sim.app.dashboard.server import serve; serve(int(sys.argv[1])).run()"
STUDY = "zagon-1983"
RUN = Run("ldn-mouse", 1, 20 * 24 + 9, {}, (Change(12 * 24.0, 0.0, "links.nk_cytotoxicity"), Change(16 * 24.0, 0.002)))
LAPTOP, PROJECTOR, TABLET = (1280, 720), (1920, 1080), (820, 1180)
PATIENCE, SEEDS = 90_000, 60_000  # ms


@dataclass(frozen=True)
class Shot:
    """One picture. prepare: what is done with the Lab that shows RUN. themes: in which it is taken."""

    name: str
    prepare: Callable[[Page], object]
    size: tuple[int, int] = LAPTOP
    themes: tuple[str, ...] = ("light", "dark")
    address: str = "/"


def press(page: Page, name: str) -> None:
    """Press the button of this name."""
    page.get_by_role("button", name=name, exact=True).first.click()


def dialog(page: Page, name: str) -> Locator:
    """Open a dialog by its button."""
    press(page, name)
    opened = page.locator(".v-dialog--active")
    opened.wait_for()
    return opened


def schedule(page: Page) -> None:
    """The schedule composer."""
    page.locator("body").press("s")
    page.locator(".v-dialog--active").wait_for()


def twins(page: Page) -> None:
    """The same tissue with a link switched off beside it."""
    chips = dialog(page, "Compare").locator(".is-chip")
    chips.last.click()
    page.locator(".arm-head").nth(1).wait_for()
    page.wait_for_function("!document.querySelector('.tissue-note.is-shown')")
    page.locator(".parting-cause").get_by_text("comparing").wait_for(state="detached")


def cell(page: Page) -> None:
    """A tumor cell, followed."""
    box = page.locator(".tissue-canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(".cell-card").wait_for()
    page.mouse.move(5, 5)


def study(page: Page) -> None:
    """A finished study with its figures."""
    page.locator(".study-item", has_text="Zagon").last.locator("button, a").first.click()
    page.locator(".study-results, .study-plan").first.wait_for()
    page.wait_for_timeout(4_000)


SHOTS = (
    Shot("lab", lambda page: None),
    Shot("schedule", schedule),
    Shot("compare", twins),
    Shot("cell", cell),
    Shot("receptors", lambda page: page.locator(".segments").get_by_text("Receptors", exact=True).click()),
    Shot("numbers", lambda page: dialog(page, "Show the numbers of the curves (key: t)")),
    Shot("take-away", lambda page: dialog(page, "Take away")),
    Shot("evidence", lambda page: dialog(page, "Read what speaks for and against")),
    Shot("keys", lambda page: dialog(page, "Keys (press ?)")),
    Shot("experiments", study, address="/experiments"),
    Shot("projector", lambda page: None, PROJECTOR, ("dark",)),
    Shot("tablet", lambda page: None, TABLET, ("light",)),
)


def take(browser: Browser, url: str, shot: Shot, theme: str) -> Path:
    """Take one picture; raises where a part of the page does not come, or the file is too large for the repository."""
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        has_touch=shot.size == TABLET,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(url + shot.address)
    if shot.address == "/":
        bring_back(page)
    shot.prepare(page)
    page.wait_for_timeout(1_200)
    path = IMAGES / f"{shot.name}{'' if theme == shot.themes[0] else '-' + theme}.png"
    picture = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    picture.convert("RGB").save(path, optimize=True)  # the browser packs loosely
    if path.stat().st_size > LARGEST:
        raise SystemExit(f"{path} has {path.stat().st_size:,} bytes. Allowed: {LARGEST:,}.")
    return path


def bring_back(page: Page) -> None:
    """Show RUN, the clock standing, all its curves drawn."""
    page.wait_for_function("window.__immune_sim && window.__immune_sim.painted > 0")
    panel = dialog(page, "Take away")
    panel.get_by_label("Code to bring back").fill(code(RUN))
    press(page, "Bring back")
    page.wait_for_function(f"+document.querySelector('.clock').dataset.hour === {RUN.hour}")
    page.locator(".v-dialog--active").wait_for(state="detached")
    page.locator(".gap-words").get_by_text("Without places").wait_for()
    page.wait_for_function(f"+document.querySelector('.curves').dataset.points === {RUN.hour + 1}")
    with contextlib.suppress(PlaywrightTimeoutError):  # the band of other seeds comes when it comes
        page.locator(".luck-words").get_by_text("computed").wait_for(state="detached", timeout=SEEDS)


@contextlib.contextmanager
def dashboard(studies: Path | None) -> Iterator[str]:
    """A server in a process and a folder of its own; its address."""
    port = free_port(0)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "studies"
        if studies is not None:
            shutil.copytree(studies, place)
        elif shutil.which("immune-sim"):
            out = str(place / STUDY)
            subprocess.run(["immune-sim", "experiment", "run", STUDY, "--quick", "--out", out], check=True)
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        running = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(port)], cwd=folder, env=os.environ | {"PYTHONPATH": path}
        )
        try:
            wait_for(f"http://{HOST}:{port}")
            yield f"http://{HOST}:{port}"
        finally:
            running.terminate()
            running.wait(20)


def wait_for(url: str) -> None:
    """Wait until a server answers."""
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{url} does not answer")


def main() -> None:
    """Take the pictures that were asked for."""
    parser = argparse.ArgumentParser(description="Write the pictures of the dashboard in docs/images/.")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=[shot.name for shot in SHOTS], default=[])
    parser.add_argument("--studies", type=Path, help="a folder of finished studies; a quick one is computed otherwise")
    wishes = parser.parse_args()
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise SystemExit("no Chromium found: install it, or name it in CHROMIUM")
    IMAGES.mkdir(parents=True, exist_ok=True)
    wanted = [shot for shot in SHOTS if not wishes.only or shot.name in wishes.only]
    needs_study = any(shot.address != "/" for shot in wanted)
    with dashboard(wishes.studies if needs_study else Path(tempfile.mkdtemp())) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for shot in wanted:
            for theme in shot.themes:
                path = take(browser, url, shot, theme)
                print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()
