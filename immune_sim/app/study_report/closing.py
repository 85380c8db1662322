"""The end of the page: what is assumed, what failed, and where it all comes from."""

from __future__ import annotations

import pandas as pd

from immune_sim.app.report import tables as run_tables
from immune_sim.app.report.markup import Markup, code, element, raw, source, text
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.sections import Rows, arm_name, grid, part
from immune_sim.scenario import checking

MOST_FAILURES = 20
ASSUMED = "assumption"


def assumed(told: Told) -> Markup:
    """What nobody measured: the links that are on, and all parameters that are assumptions."""
    first = told.scenarios[told.arms[0]]
    rows: Rows = []
    for address, each in first.registry.parameters.items():
        if each.grade != ASSUMED:
            continue
        said = dict.fromkeys(checking.show(each, one.values[address]) for one in told.scenarios.values())
        rows.append([code(address), text(", ".join(said)), text(each.about), source(each.source)])
    listed = grid(["parameter", "in the arms", "meaning", "why"], rows, numbers_from=9)
    count = f"{len(rows)} parameters are assumptions: nobody measured them."
    hidden = element("details", element("summary", text(count)), listed)
    links = run_tables.links(first)
    titled = links.replace(
        "<section><h2>The links, for and against</h2>", '<section id="assumed"><h2>What is assumed</h2>'
    )
    return raw(titled.replace("</section>", hidden + "</section>"))


def failed(told: Told) -> Markup:
    """The runs that failed, grouped by what happened, each group with a command that repeats one."""
    bad = told.runs[told.runs["status"] != "ok"]
    if bad.empty:
        return part("failed", "What failed", element("p", text("Nothing: every run came to its end.")))
    rows: Rows = []
    groups = bad.fillna({"stage": "", "error": "", "message": ""}).groupby(["stage", "error", "message"], sort=False)
    for (stage, error, message), group in list(groups)[:MOST_FAILURES]:
        arms = [raw(f"<div>{arm_name(told, arm)} {count}</div>") for arm, count in _counts(group).items()]
        one = group.iloc[0]
        told_how = element(
            "details", element("summary", text("traceback")), element("pre", text(one["traceback"] or ""))
        )
        what = element("div", text(f"{error}: {message}")) + element("pre", text(one["command"] or "")) + told_how
        rows.append([text(len(group)), text(stage), raw("".join(arms)), raw(what)])
    about = "Failed runs are in no denominator. The command repeats the first run of a group."
    return part("failed", "What failed", grid(["runs", "where", "arms", "what"], rows, numbers_from=9), about=about)


def _counts(group: pd.DataFrame) -> dict[str, int]:
    counts = group["arm"].astype(str).value_counts()
    return {str(arm): int(count) for arm, count in counts.items()}


def provenance(told: Told, files: list[str]) -> Markup:
    """Versions, machine, the command that has it all again, and the complete experiment."""
    made = told.provenance
    machine, commit = made["machine"], made.get("commit")
    changed = " (changed since the commit)" if commit and commit["changed"] else ""
    libraries = ", ".join(f"{name} {version}" for name, version in made["libraries"].items() if version)
    done = told.runs[told.runs["status"] == "ok"]
    facts = [
        ("immune-sim", made["immune_sim"] + (f", commit {commit['hash'][:12]}{changed}" if commit else "")),
        ("Python", f"{made['python']}, {libraries}"),
        ("machine", f"{machine['cpu']}, {machine['cores']} cores, {machine['system']} {machine['architecture']}"),
        ("kernels", str(told.manifest.get("code", {}).get("kernels", ""))),
        ("computing", f"{done['wall_seconds'].sum() / 60:,.1f} min of one core for {len(done):,} runs"),
        ("root of the seeds", str(told.manifest["seed"])),
        ("written", made["date"]),
        ("files beside this page", ", ".join(files)),
    ]
    rows: Rows = [[text(name), text(value)] for name, value in facts if value]
    low, high = told.replicates
    wishes = " --quick" if told.manifest.get("quick") else ""
    wishes += f" --replicates {high}" if low == high and told.manifest["replicates"]["half_width"] is None else ""
    again = f"immune-sim experiment run {told.folder.name}/experiment.toml{wishes} --out again"
    parts = [
        grid(["", ""], rows, numbers_from=9),
        element("h3", text("Have it again")),
        element("pre", text(again)),
        element("p", text("The same file gives the same table, bit for bit, on any number of workers.")),
    ]
    if told.text:
        parts.append(
            element("details", element("summary", text("The complete experiment")), element("pre", text(told.text)))
        )
    for arm, scenario in told.scenarios.items():
        summary = element("summary", text(f"The scenario of {told.labels[arm]}"))
        parts.append(element("details", summary, element("pre", text(scenario.to_toml()))))
    return part("provenance", "Provenance", *parts)
