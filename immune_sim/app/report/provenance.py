"""Where the run comes from, and how to have it again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from immune_sim.app.report.markup import Markup, element, section, table, text
from immune_sim.app.words import regimen_sentence
from immune_sim.scenario.dosing import read_table

SAME = "The same seed gives the same time course, bit for bit, on any number of threads."
BY_HAND = "Doses and parameters changed by hand are not part of the scenario and are listed below."
BY_CODE = "The code holds the doses and changes by hand, listed below."
DAMAGE = "changed since the commit"


def section_of(told: Mapping[str, Any], folder: Path) -> Markup:
    """Versions, machine, interventions, the command and the complete scenario."""
    again = (
        f"{told['command']} --out again"
        if "code" in told
        else f"immune-sim run {shlex.quote(f'{folder.name}/scenario.toml')} --seed {told['seed']} --out again"
    )
    parts = [
        table(["", ""], [[text(name), text(value)] for name, value in _facts(told)]),
        element("h3", text("Have it again")),
        element("pre", text(again)),
        element("p", text(SAME + (f" {BY_CODE if 'code' in told else BY_HAND}" if told["interventions"] else ""))),
        *_by_hand(told["interventions"]),
        element(
            "details", element("summary", text("The complete scenario")), element("pre", text(told["scenario"]["text"]))
        ),
    ]
    return section("Provenance", *parts)


def _facts(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    made = told["provenance"]
    machine, commit = made["machine"], made["commit"]
    code = made["immune_sim"] + (
        f", commit {commit['hash'][:12]}{' (' + DAMAGE + ')' if commit['changed'] else ''}" if commit else ""
    )
    libraries = ", ".join(f"{name} {version}" for name, version in made["libraries"].items() if version)
    overrides = ", ".join(f"{name} = {value}" for name, value in told.get("overrides", {}).items())
    facts = [
        ("command", told.get("command", "")),
        ("begun with", told.get("first_command", "")),
        ("scenario", f"{told['scenario']['name']}, SHA-256 {told['scenario']['hash'][:16]}"),
        ("changed on the command line", overrides),
        ("went on from", f"hour {told['began_at_hour']:g}" if told.get("began_at_hour") else ""),
        ("immune-sim", code),
        ("Python", f"{made['python']}, {libraries}"),
        ("machine", f"{machine['cpu']}, {machine['cores']} cores, {machine['system']} {machine['architecture']}"),
        ("threads", str(machine["threads"])),
        ("wall time", f"{told['wall_seconds']:.1f} s for {told['hours_computed']:,} hours"),
        ("written", made["date"]),
        ("time course", f"SHA-256 {told['files']['timecourse.parquet']['sha256'][:16]} (timecourse.parquet)"),
    ]
    return [(name, value) for name, value in facts if value]


def _by_hand(interventions: list[Mapping[str, Any]]) -> list[Markup]:
    if not interventions:
        return []
    said = [f"hour {each['hour']:g}: {_done(each)}" for each in interventions]
    return [element("h3", text("By hand")), element("ul", *(element("li", text(each)) for each in said))]


def _done(intervention: Mapping[str, Any]) -> str:
    if "dose_mg" in intervention:
        return f"dose of {intervention['dose_mg']:g} mg"
    if "regimen" in intervention:
        phases = [phase for table in intervention["regimen"] if (phase := read_table(table)[0])]
        return f"schedule from then on: {regimen_sentence(phases)}"
    return f"{intervention['parameter']} = {intervention['value']}"
