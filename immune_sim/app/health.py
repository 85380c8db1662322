"""What ``immune-sim doctor`` looks at; every check tells what it found and, where needed, the cure."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from packaging.requirements import InvalidRequirement, Requirement

from immune_sim import __version__

OLDEST = (3, 12)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL = "Install it again: python -m pip install immune-sim (in a checkout: make dashboard)."


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. note: nothing is wrong, but good to know."""

    name: str
    state: Literal["ok", "note", "problem"]
    found: str
    cure: str = ""


def checks(port: int) -> Iterator[Check]:
    """All checks, quick ones first."""
    yield _python()
    yield from _requirements()
    yield from _kernels()
    yield _shipped()
    yield _assets()
    yield _port(port)
    yield _writing()
    yield _terminal()
    yield _browser()


def _python() -> Check:
    found = sys.version.split()[0]
    if sys.version_info[:2] < OLDEST:
        return Check("python", "problem", found, f"Use Python {OLDEST[0]}.{OLDEST[1]} or newer.")
    return Check("python", "ok", f"{found} in {sys.prefix}")


def _requirements() -> Iterator[Check]:
    """Versions of everything the package asks for, against what it asks for."""
    try:
        wanted = [Requirement(each) for each in metadata.requires("immune-sim") or ()]
    except (metadata.PackageNotFoundError, InvalidRequirement):
        yield Check("immune-sim", "problem", f"{__version__}, not installed as a package", INSTALL)
        return
    bad: list[str] = []
    good: list[str] = []
    for each in wanted:
        if each.marker and not each.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(each.name)
        except metadata.PackageNotFoundError:
            bad.append(f"{each.name} is missing")
            continue
        (good if each.specifier.contains(version, prereleases=True) else bad).append(f"{each.name} {version}")
    yield Check("immune-sim", "ok", __version__)
    yield Check("libraries", "problem", ", ".join(bad), INSTALL) if bad else Check("libraries", "ok", ", ".join(good))


def _kernels() -> Iterator[Check]:
    from immune_sim.core import jit

    place = jit.CACHE_FOLDER
    if jit.is_compiled():
        yield Check("kernels", "ok", f"compiled, in {place}")
    else:
        yield Check("kernels", "note", "not compiled yet", "The first run compiles them, in less than a minute.")
    if place.name.startswith("immune-sim-"):
        yield Check(
            "cache",
            "problem",
            f"only the temporary folder {place} can be written, so every start compiles again",
            f"Name a folder that can be written: {jit.CACHE_VARIABLE}=/some/folder",
        )


def _shipped() -> Check:
    from immune_sim.core.errors import ImmuneSimError
    from immune_sim.scenario.catalog import shipped_scenarios

    try:
        count = len(shipped_scenarios())
    except ImmuneSimError as error:
        return Check("scenarios", "problem", str(error), INSTALL)
    return (
        Check("scenarios", "ok", f"{count} are shipped")
        if count
        else Check("scenarios", "problem", "none is shipped", INSTALL)
    )


def _assets() -> Check:
    """Solara takes its front end from the network unless the assets are installed."""
    found = list((Path(sys.prefix) / "share" / "solara" / "cdn").glob("*"))
    if found:
        return Check("dashboard", "ok", "its front end is installed, no network is needed")
    return Check(
        "dashboard",
        "problem",
        "the front end is not installed, it would need the network",
        "python -m pip install solara-assets==1.58.2",
    )


def _port(port: int) -> Check:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return Check(
                "port",
                "note",
                f"{port} cannot be used: {(error.strerror or '').lower()}",
                "The dashboard takes another one by itself; or name one with --port.",
            )
    return Check("port", "ok", f"{port} is free")


def _writing() -> Check:
    here = Path.cwd()
    if not os.access(here, os.W_OK):
        return Check(
            "writing",
            "problem",
            f"{here} cannot be written",
            "Go to another folder, or give `immune-sim run` one with --out.",
        )
    free = shutil.disk_usage(here).free
    if free < 2**28:
        return Check(
            "writing",
            "problem",
            f"{here} has only {free / 2**20:,.0f} MiB left",
            "Make room, or give another place with --out.",
        )
    return Check("writing", "ok", f"results go to {here / 'results'}, {free / 2**30:,.0f} GiB free")


def _terminal() -> Check:
    encoding = sys.stdout.encoding or "ascii"
    if encoding.lower().replace("-", "") == "utf8":
        return Check("terminal", "ok", encoding)
    return Check(
        "terminal", "note", f"{encoding}: curves are drawn in plain ASCII", "For finer ones set PYTHONIOENCODING=utf-8."
    )


def _browser() -> Check:
    found = next((path for each in BROWSERS if (path := shutil.which(each))), None)
    if found:
        return Check("browser", "ok", f"{found}, for the browser tests and pictures")
    return Check(
        "browser",
        "note",
        "no Chromium or Chrome on the path",
        "Only the browser tests need one; the dashboard and reports open in any browser.",
    )
