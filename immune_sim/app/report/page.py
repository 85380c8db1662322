"""The report put together from what a run's folder holds; the model is not needed any more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from immune_sim.app.report import provenance, tables, tissue
from immune_sim.app.report.markup import Markup, data, element, raw, section, text
from immune_sim.app.words import HOURS_PER_DAY, endpoint_rows, length, regimen_sentence
from immune_sim.figures import look
from immune_sim.figures.timecourse import TIMECOURSES
from immune_sim.mechanisms.endpoints import Endpoints
from immune_sim.model.outcomes import OUTCOMES
from immune_sim.runs.files import write_atomically
from immune_sim.runs.pictures import StoredPictures
from immune_sim.runs.store import REPORT, RunFolder
from immune_sim.runs.tables import read_timecourse
from immune_sim.scenario.evidence import NOTE
from immune_sim.scenario.scenario import Scenario

ASSETS = Path(__file__).parent
FAST = ("drug", "receptors", "link_factors")  # follow every dose: whole months of them would be a solid block
FIRST_DAYS = 10.0


def write_report(folder: RunFolder) -> Path:
    """Write report.html into the folder of a run and return its place."""
    path = folder.path / REPORT
    write_atomically(path, compose(folder))
    return path


def compose(folder: RunFolder) -> str:
    """The page as text; raises OutputError where the folder lacks what it needs."""
    told, table = folder.read_summary(), read_timecourse(folder.path)
    scenario = Scenario.from_text(told["scenario"]["text"])
    rules = scenario.parameters(Endpoints)
    body = [
        _head(told, scenario),
        _endpoints(told, rules),
        _curves(_is_zoomed(table)),
        tissue.section_of(StoredPictures.read(folder.path), table),
        tables.changed(scenario),
        tables.links(scenario),
        provenance.section_of(told, folder.path),
        element("footer", text(NOTE)),
    ]
    return _page(scenario.title, body, _figures(table, rules))


def _head(told: Mapping[str, Any], scenario: Scenario) -> Markup:
    computed = length(told["endpoints"]["hours"])
    facts = f"{scenario.name}, seed {told['seed']}, {computed}; {told['ending']['words']}"
    values = scenario.values
    places = [int(values[f"space.{each}"]) for each in ("width", "height", "depth")]
    extent = " x ".join(str(each) for each in places if each > 1)
    size = float(values["space.site_size"])
    parts = [
        element("p", text("immune-sim, report of one run"), cls="over"),
        element("h1", text(scenario.title)),
        element("p", text(facts), cls="facts"),
    ]
    if told["status"] != "complete":
        parts.append(
            element(
                "p",
                text(
                    f"This run is incomplete: it stops after {computed} of {length(scenario.duration)}. "
                    "Everything below is up to there."
                ),
                cls="banner",
            )
        )
    parts += [
        element("p", text(scenario.about), cls="lead") if scenario.about else raw(""),
        element(
            "p",
            text(
                f"Schedule: {regimen_sentence(scenario.dosing)}. Tissue: {extent} sites of {size:g} \u00b5m, "
                f"{values['inoculum.tumor_cells']:,} tumor cells at the start."
            ),
        ),
    ]
    return element("header", *parts)


def _endpoints(told: Mapping[str, Any], rules: Endpoints) -> Markup:
    tiles = [
        element("div", element("dt", text(name)), element("dd", text(value)))
        for name, value in endpoint_rows(told["endpoints"], rules)
    ]
    return section("Endpoints", element("dl", *tiles, cls="tiles"))


def _curves(zoomed: bool) -> Markup:
    places = [
        element("figure", element("div", id=f"figure-{name}", cls="curve"), cls="wide" if name == "burden" else "")
        for name in TIMECOURSES
    ]
    about = (
        f"Curves that follow every dose open on the first {FIRST_DAYS:g} days; "
        "a double click shows the whole run, dragging a part of it."
    )
    return section("Time courses", element("div", *places, cls="curves"), about=about if zoomed else "")


def _is_zoomed(table: Mapping[str, Any]) -> bool:
    """Whether doses come so often and for so long that their curves need a closer look."""
    return bool(table["hour"][-1] > 1.5 * HOURS_PER_DAY * FIRST_DAYS and (table["blockade"] > 0).any())


def _figures(table: Mapping[str, Any], rules: Endpoints) -> str:
    """All figures as JSON, and what changes with the theme."""
    made: dict[str, go.Figure] = {}
    declared = {each.name: each for each in OUTCOMES}
    for name, draw in TIMECOURSES.items():
        level = {"detectable": float(rules.detectable_cells)} if name == "burden" else {}
        made[name] = draw(table, declared, **level)
        if name in FAST and _is_zoomed(table):
            made[name].update_xaxes(range=[0.0, FIRST_DAYS])
    shown = ",".join(f"{json.dumps(name)}:{each.to_json()}" for name, each in made.items())
    themes = {theme: _flat(look.layout(theme)) for theme in look.THEMES}
    return f'{{"figures":{{{shown}}},"themes":{json.dumps(themes)}}}'


def _flat(tree: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """A layout as plotly's relayout takes it: "xaxis.gridcolor" -> color."""
    flat: dict[str, Any] = {}
    for name, value in tree.items():
        flat |= _flat(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}": value}
    return flat


def _page(title: str, body: list[Markup], figures: str) -> str:
    style, script = ((ASSETS / f"report.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    head = (
        '<!doctype html>\n<html lang="en" data-theme="light">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        '<button id="theme" type="button" title="light or dark">light / dark</button>\n<main>\n'
    )
    scripts = f"{data('curves', figures)}\n<script>{get_plotlyjs()}</script>\n<script>\n{script}</script>\n"
    return head + "\n".join(body) + f"\n</main>\n{scripts}</body>\n</html>\n"
