"""What the scenario changed, and what is known for and against every link."""

from __future__ import annotations

from immune_sim.app.report.markup import Markup, code, element, raw, section, source, table, text
from immune_sim.mechanisms.links import LINKS
from immune_sim.scenario import checking, evidence
from immune_sim.scenario.evidence import Finding
from immune_sim.scenario.scenario import Scenario


def changed(scenario: Scenario) -> Markup:
    """The parameters that differ from the defaults, each with what it means and where its default comes from."""
    title = "What differs from the defaults"
    presets = [element("p", text(f"Preset of {group}: {name}.")) for group, name in scenario.presets.items()]
    if not scenario.changed:
        return section(
            title,
            *presets,
            element("p", text("Nothing: every parameter has its default, see `immune-sim parameters`.")),
        )
    rows = []
    for address, value in scenario.changed.items():
        each = scenario.registry.parameters[address]
        origin = scenario.origin(address)
        of_preset = text("" if origin is each else "of the preset: ")
        meaning = element("div", text(each.about)) + element(
            "div", of_preset, raw(grade(origin.grade)), text(" "), source(origin.source), cls="small"
        )
        rows.append(
            [code(address), text(checking.show(each, value)), text(checking.show(each, each.default)), raw(meaning)]
        )
    return section(
        title,
        *presets,
        table(["parameter", "here", "default", "meaning; grade and source of the default or the preset"], rows),
    )


def links(scenario: Scenario) -> Markup:
    """Every hypothesis link: its gain in this run, and the evidence on both sides."""
    rows = []
    for link in LINKS:
        gain = float(scenario.values[f"links.{link.name}"])
        known = evidence.of_link(link.name)
        state = element("span", text(f"gain {gain:+g}" if gain else "off"), cls="on" if gain else "off")
        name = (
            element("div", code(link.name))
            + element("div", text(f"acts on {link.acts_on}"), cls="small")
            + element("div", state)
        )
        rows.append([raw(name), text(known.claim), _findings(known.supports), _findings(known.contradicts)])
    about = "Each link is one assumption about what the receptor signal does. A link that is off changes nothing."
    return section("The links, for and against", table(["link", "what it claims", "for", "against"], rows), about=about)


def _findings(found: tuple[Finding, ...]) -> Markup:
    if not found:
        return element("span", text("nothing found"), cls="small")
    return raw(
        "".join(
            element(
                "div", text(each.text), text(" "), raw(grade(each.grade)), text(" "), source(each.source), cls="finding"
            )
            for each in found
        )
    )


def grade(name: str) -> Markup:
    """An evidence grade as a small label."""
    return element("span", text(name), cls="grade")
