"""From the text of an experiment file to a checked Experiment; every mistake is told, with its line, at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.model import layers
from immune_sim.model.outcomes import NAMES
from immune_sim.runs.experiments import keys
from immune_sim.runs.experiments.declared import STANDARD, Design, Experiment, Frames, Measure, Replicates
from immune_sim.runs.experiments.design import points_of, scenario_at
from immune_sim.runs.experiments.naming import column_fault, file_name_fault
from immune_sim.runs.experiments.reading_arms import ArmReader
from immune_sim.runs.experiments.reading_design import read_design
from immune_sim.runs.experiments.reading_factors import read_factors
from immune_sim.runs.experiments.reading_tools import MOST_POINTS, Tools
from immune_sim.scenario.document import parse
from immune_sim.scenario.reading import line_of
from immune_sim.scenario.registry import installed

MOST_TOLD = 25  # contradictions between values at design points


def read_experiment(
    text: str,
    origin: str = "experiment",
    *,
    name: str = "experiment",
    folder: Path | None = None,
    quick: bool = False,
    alone: bool = False,
    most_points: int = MOST_POINTS,
) -> Experiment:
    """Read the text of an experiment file.

    folder: where scenario files named in it are looked for. quick: with the smaller values of [quick]. alone: refuse
    scenario files, so that nothing but the text is read. most_points: design points that are allowed.
    Raises ScenarioError with every mistake found.
    """
    document = parse(text, origin)
    variants = (quick, not quick) if keys.QUICK_TABLE in document.content else (quick,)  # both are checked
    readers = [_Reader(Tools(document, installed(), alone, most_points), folder, each) for each in variants]
    made = [reader.read(name, text) for reader in readers]
    problems = dict.fromkeys(each for reader in readers for each in reader.tools.problems)
    if problems:
        raise ScenarioError(sorted(problems, key=lambda each: line_of(each, origin)))
    check_points(made[0], origin)
    return made[0]


def check_points(experiment: Experiment, origin: str) -> None:
    """Raise ScenarioError where an arm makes no sense at some design point."""
    problems: dict[tuple[str, str], Problem] = {}  # one mistake may stand in many arms at many points
    for point in points_of(experiment):
        for arm in experiment.arms:
            try:
                scenario_at(experiment, point, arm)
            except ScenarioError as error:
                at = ", ".join(f"{label} = {level.text}" for label, level in point.levels.items())
                for each in error.problems:
                    problems.setdefault(
                        (each.where, each.what),
                        Problem(f"{origin}: arm {arm.name} at {at or 'its only point'}: {each.where}", each.what),
                    )
        if len(problems) >= MOST_TOLD:
            break
    if problems:
        raise ScenarioError(list(problems.values()))


class _Reader:
    """Walks through one document."""

    def __init__(self, tools: Tools, folder: Path | None, quick: bool):
        self.tools, self.folder, self.quick = tools, folder, quick
        self.content = dict(tools.document.content)

    def read(self, name: str, text: str) -> Experiment:
        tools, content = self.tools, self.content
        tools.known((), content, (*keys.HEAD, *keys.TABLES))
        self._take_quick()
        texts = {key: tools.text((key,), content[key]) for key in keys.TEXTS if key in content}
        if texts.get("name") and (fault := file_name_fault(texts["name"])):
            tools.problem(("name",), fault)
        if texts.get("published") and texts["published"] not in keys.PUBLISHED:
            tools.problem(("published",), tools.no_such(texts["published"], keys.PUBLISHED, "published study"))
        reader = ArmReader(tools, content, self.folder)
        base = reader.base(texts.get("base", ""))
        arms = reader.arms(base)
        factors = read_factors(tools, content, arms)
        design, factors = read_design(tools, content, base, factors)
        measures = self._measures([each.label for each in factors])
        endpoints, main = self._endpoints(measures)
        outcomes = tools.names(("outcomes",), content.get("outcomes", ["tumor_cells"]), NAMES, "outcome")
        settings: dict[str, Any] = {
            key: tools.declared((key,), key, content[key]) for key in ("seed", "independent_arms") if key in content
        }
        return Experiment(
            name=texts.get("name") or name,
            title=texts.get("title") or texts.get("name") or name,
            about=texts.get("about") or "",
            published=texts.get("published") or "",
            arms=tuple(arms),
            factors=tuple(factors),
            design=design or Design(),
            replicates=self._replicates(endpoints),
            outcomes=outcomes,
            every=tools.whole_hours(("every",), "every", content.get("every", "6 h")),
            main=main,
            measures=tuple(measures),
            frames=self._frames(),
            quick=self.quick,
            text=text,
            **{key: value for key, value in settings.items() if value is not None},
        )

    def _take_quick(self) -> None:
        """Check [quick] and, if it is wanted, put its values in the place of the others."""
        quick = self.tools.table(("quick",), self.content.pop("quick", {}))
        self.tools.known(("quick",), quick, keys.QUICK)
        if not self.quick:
            return
        for key in ("replicates", "horizon", "every"):
            if key in quick:
                self.content[key] = quick[key]
                self.tools.moved[key,] = ("quick", key)
        for key in ("overrides", "design"):
            self._take_quick_table(key, self.tools.table(("quick", key), quick.get(key, {})))
        values = self.tools.table(("quick", "values"), quick.get("values", {}))
        factors = [dict(each) for each in self.content.get("factor", []) if isinstance(each, dict)]
        known = {str(each.get("label", each.get("parameter"))): number for number, each in enumerate(factors)}
        for label, given in values.items():
            if label in known:
                ranged = {key: each for key, each in factors[known[label]].items() if key not in keys.RANGE}
                factors[known[label]] = ranged | {"values": given}
                self.tools.moved["factor", known[label], "values"] = ("quick", "values", label)
            elif not any(_badly_named(self.tools, each) for each in factors):
                self.tools.problem(
                    ("quick", "values", label), f'no factor "{label}". Factors: {", ".join(known) or "none"}.'
                )
        if factors:
            self.content["factor"] = factors

    def _take_quick_table(self, key: str, quick: dict[str, Any]) -> None:
        """Put keys of a table in [quick] beside or over those of the table itself, group by group."""
        made = self.tools.table((key,), self.content.get(key, {}))
        for name, given in quick.items():
            before = made.get(name)
            made[name] = before | given if isinstance(before, dict) and isinstance(given, dict) else given
            for path in [(name, each) for each in given] if isinstance(given, dict) else [(name,)]:
                self.tools.moved[key, *path] = ("quick", key, *path)
        self.content[key] = made

    def _replicates(self, endpoints: tuple[str, ...]) -> Replicates:
        given, tools = self.content.get("replicates", 20), self.tools
        if not isinstance(given, dict):
            count = int(tools.declared(("replicates",), "replicates", given) or 1)
            return Replicates(count, count)
        tools.known(("replicates",), given, keys.REPLICATES)
        at_least, at_most, step = (
            int(tools.declared(("replicates", key), key, given[key]) if key in given else keys.DECLARED[key].default)
            for key in ("at_least", "at_most", "step")
        )
        name = given.get("endpoint", endpoints[0])
        if name not in endpoints:
            tools.problem(("replicates", "endpoint"), tools.no_such(name, endpoints, "endpoint"))
        width = tools.width(("replicates", "until_half_width"), given.get("until_half_width"), str(name))
        if at_most < at_least:
            tools.problem(
                ("replicates", "at_most"), f"{at_most} is less than at_least = {at_least}. Write at least {at_least}."
            )
        return Replicates(at_least, at_most, step, str(name), width)

    def _endpoints(self, measures: list[Measure]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """All endpoints, and those to look at: the ones asked for in their order, then those of the file's own."""
        own = tuple(each.name for each in measures)
        known, given = (*STANDARD, *own), self.content.get("endpoints", ["survival_time", "take"])
        tables = self.content.get("endpoint", [])
        if isinstance(given, list) and isinstance(tables, list) and len(own) < len(tables):
            given = [each for each in given if each in known]  # a name may be that of an endpoint refused above
        chosen = self.tools.names(("endpoints",), given, known, "endpoint")
        main = tuple(dict.fromkeys((*chosen, *own)))
        return tuple(dict.fromkeys((*main, *known))), main or ("survival_time", "take")

    def _measures(self, labels: list[str]) -> list[Measure]:
        tools, made = self.tools, list[Measure]()
        for number, table in enumerate(tools.tables(("endpoint",), self.content.get("endpoint", []))):
            path: tuple[str | int, ...] = ("endpoint", number)
            tools.known(path, table, keys.ENDPOINT)
            missing = [key for key in ("name", "outcome", "take") if key not in table]
            if missing and tools.misspelled(table, missing[0], keys.ENDPOINT):
                continue
            if missing:
                tools.problem(
                    path,
                    f'{missing[0]} is missing. Write for example name = "burden_day_20", outcome = "tumor_cells", '
                    'take = "at", hour = "20 d".',
                )
                continue
            outcome = tools.names((*path, "outcome"), [table["outcome"]], NAMES, "outcome")
            take = tools.declared((*path, "take"), "take", table["take"])
            hour = tools.whole_hours((*path, "hour"), "hour", table["hour"]) if "hour" in table else 0
            if take == "at" and "hour" not in table and not tools.misspelled(table, "hour", keys.ENDPOINT):
                tools.problem(path, 'at which hour? Add for example hour = "20 d".')
            name = tools.text((*path, "name"), table["name"])
            if name and (fault := column_fault(name, {*labels, *(each.name for each in made)})):
                tools.problem((*path, "name"), fault)
            elif name and outcome and take:
                made.append(Measure(name, outcome[0], take, float(hour)))
        return made

    def _frames(self) -> Frames | None:
        given, tools = self.content.get("frames"), self.tools
        if given is None or given == "none":
            return None
        if given == "last":
            return Frames()
        table = {"every": given} if isinstance(given, str) else tools.table(("frames",), given)
        tools.known(("frames",), table, keys.FRAMES)
        every = (
            0
            if table.get("every", "last") == "last"
            else tools.whole_hours(
                ("frames", "every") if isinstance(given, dict) else ("frames",), "every", table["every"]
            )
        )
        return Frames(every, tools.names(("frames", "layers"), table.get("layers", ["type"]), layers.NAMES, "layer"))


def _badly_named(tools: Tools, factor: dict[str, Any]) -> bool:
    """Whether the label of a factor is refused or misspelled, which is told where it stands."""
    label = factor.get("label")
    return tools.misspelled(factor, "label", keys.FACTOR) or not (label is None or isinstance(label, str))
