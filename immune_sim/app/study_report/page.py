"""The page put together: one HTML file that needs nothing but itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from plotly.offline import get_plotlyjs

from immune_sim.app.report.markup import Markup, data, element, raw, table, text
from immune_sim.app.study_report import beside, closing, comparisons, sections, tissue_part
from immune_sim.app.study_report.drawing import Drawing
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.sections import arm_name, part
from immune_sim.app.study_report.themes import both
from immune_sim.app.study_report.tissues import Tissue
from immune_sim.app.study_report.words import luck
from immune_sim.scenario.evidence import ARMS_ABOUT, ARMS_SOURCE, BINDING, NOTE

ASSETS = Path(__file__).parent
SHARED = ASSETS.parent / "report" / "report.css"
TITLES = {
    "findings": "What came out",
    "published": "Published figures beside the simulated ones",
    "arms": "What the arms change",
    "courses": "Time courses",
    "map": "Over the design points",
    "effects": "Which links carry the effect",
    "sensitivity": "Which factors matter",
    "tissues": tissue_part.TITLE,
    "design": "Design",
    "assumed": "What is assumed",
    "failed": "What failed",
    "provenance": "Provenance",
}


def compose(
    told: Told, drawn: Sequence[Drawing], shown: Sequence[Tissue], reason: str, files: Sequence[str], mark: str = ""
) -> str:
    """The whole page. drawn: its figures; shown: tissues, or the reason why there are none; mark: of its runs."""
    parts = {
        "findings": _findings(told, drawn),
        "published": _published(told, drawn),
        "map": _figures(drawn, "map"),
        "effects": _figures(
            drawn,
            "effects",
            "Every link on or off in the combinations of the design. A main effect is what changes when a link goes "
            "on; an interaction is half of what one link's effect changes when another goes on.",
        ),
        "sensitivity": _figures(drawn, "sensitivity", luck(told.analysis.tables.get("noise"))),
        "arms": _arms(told, drawn),
        "courses": _figures(
            drawn,
            "courses",
            "Median of the runs and the band of their middle 80 %. An arm ends where fewer than half of its runs go "
            "on; a burden stays what it was when its run stopped.",
        ),
        "tissues": tissue_part.section(told, shown, reason),
        "design": part("design", TITLES["design"], sections.design(told)),
        "assumed": closing.assumed(told),
        "failed": closing.failed(told),
        "provenance": closing.provenance(told, list(files)),
    }
    present = {name: markup for name, markup in parts.items() if markup}
    links = [element("a", text(TITLES[name]), href=f"#{name}") for name in present]
    contents = element("nav", *links, cls="contents")
    body = [sections.head(told), contents, *present.values(), element("footer", text(NOTE))]
    figures = ",".join(f"{json.dumps(each.name)}:{json.dumps(both(each), separators=(',', ':'))}" for each in drawn)
    return _page(told.title, mark, body, f"{{{figures}}}")


def _findings(told: Told, drawn: Sequence[Drawing]) -> Markup:
    found = raw("".join([*comparisons.findings(told), sections.glance(told), *_places(drawn, "times")]))
    return part("findings", TITLES["findings"], found) if found else found


def _arms(told: Told, drawn: Sequence[Drawing]) -> Markup:
    if len(told.arms) < 2:
        return raw("")
    inside = [*_places(drawn, "arms"), comparisons.paired(told), comparisons.tests(told)]
    return part("arms", TITLES["arms"], *inside)


def _published(told: Told, drawn: Sequence[Drawing]) -> Markup:
    lines = beside.lines(told)
    if not lines:
        return raw("")
    rows = [[arm_name(told, each.arm), *(text(cell) for cell in each[1:])] for each in lines]
    about = (
        f"{ARMS_ABOUT} ({ARMS_SOURCE}) Times are means among the hosts in which the event came, over those of the "
        f"control, as laboratories report them. {BINDING.text} ({BINDING.source})"
    )
    return part(
        "published", TITLES["published"], *_places(drawn, "published"), table(list(beside.HEADS), rows), about=about
    )


def _figures(drawn: Sequence[Drawing], name: str, about: str = "") -> Markup:
    places = _places(drawn, name)
    return part(name, TITLES[name], *places, about=about) if places else raw("")


def _places(drawn: Sequence[Drawing], name: str) -> list[Markup]:
    chosen = [each for each in drawn if each.part == name]
    figures = []
    for i, each in enumerate(chosen):
        said = [element("figcaption", text(each.caption))] if each.caption else []
        alone = each.wide or (len(chosen) % 2 == 1 and i == len(chosen) - 1)
        inside = element("div", id=f"figure-{each.name}", cls="curve")
        figures.append(element("figure", inside, *said, cls="wide" if alone else ""))
    return [element("div", *figures, cls="curves")] if figures else []


def _page(title: str, mark: str, body: Sequence[Markup], figures: str) -> str:
    style = SHARED.read_text(encoding="utf-8") + (ASSETS / "study.css").read_text(encoding="utf-8")
    script = (ASSETS / "study.js").read_text(encoding="utf-8")
    head = (
        '<!doctype html>\n<html lang="en" data-theme="light">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{mark}\n"
        f"<title>{text(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        '<button id="theme" type="button" title="light or dark">light / dark</button>\n<main>\n'
    )
    scripts = f"{data('figures', figures)}\n<script>{get_plotlyjs()}</script>\n<script>\n{script}</script>\n"
    return head + "\n".join(body) + f"\n</main>\n{scripts}</body>\n</html>\n"
