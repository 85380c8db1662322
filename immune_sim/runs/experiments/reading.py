"""From the text of an experiment file to a checked Experiment; every mistake is told, with its line, before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.model import layers
from immune_sim.model.outcomes import NAMES
from immune_sim.runs.experiments import keys
from immune_sim.runs.experiments.declared import Arm, Design, Experiment, Factor, Frames, Measure, Replicates
from immune_sim.runs.experiments.design import points_of, scenario_at
from immune_sim.runs.experiments.overriding import read_overrides, read_regimen
from immune_sim.runs.experiments.reading_design import read_design, read_factors
from immune_sim.runs.experiments.reading_tools import Tools
from immune_sim.runs.experiments.schedules import vary
from immune_sim.scenario import opening
from immune_sim.scenario.document import parse
from immune_sim.scenario.hints import RefusedError
from immune_sim.scenario.reading import read_duration
from immune_sim.scenario.registry import installed
from immune_sim.scenario.scenario import Scenario
from immune_sim.scenario.shipped import shipped_folder

MOST_TOLD = 25  # contradictions between values at design points


def read_experiment(
    text: str, origin: str = "experiment", *, name: str = "experiment", folder: Path | None = None, quick: bool = False
) -> Experiment:
    """Read the text of an experiment file.

    folder: where scenario files named in it are looked for. quick: with the smaller values of [quick].
    Raises ScenarioError with every mistake found.
    """
    reader = _Reader(Tools(parse(text, origin), installed()), folder, quick)
    made = reader.read(name, text)
    if reader.tools.problems or made is None:
        raise ScenarioError(sorted(reader.tools.problems, key=lambda each: opening.line_of(each, origin)))
    check_points(made, origin)
    return made


def check_points(experiment: Experiment, origin: str) -> None:
    """Raise ScenarioError where an arm makes no sense at some design point."""
    problems: dict[str, Problem] = {}
    for point in points_of(experiment):
        for arm in experiment.arms:
            try:
                scenario_at(experiment, point, arm)
            except ScenarioError as error:
                at = ", ".join(f"{label} = {level.text}" for label, level in point.levels.items())
                for each in error.problems:
                    problems.setdefault(
                        f"{arm.name} {each.where} {each.what}",
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

    def read(self, name: str, text: str) -> Experiment | None:
        tools, content = self.tools, self.content
        tools.known((), content, (*keys.HEAD, *keys.TABLES))
        self._take_quick()
        texts = {key: tools.text((key,), content[key]) for key in keys.TEXTS if key in content}
        base = self._scenario(("base",), texts["base"]) if texts.get("base") else Scenario.default()
        base = self._changed(("overrides",), base, content.get("overrides", {}))
        if "horizon" in content:
            base = self._horizon(base, content["horizon"])
        arms = self._arms(base)
        factors = read_factors(tools, content, base, arms)
        design, factors = read_design(tools, content, base, factors)
        measures = self._measures()
        endpoints = self._endpoints(measures)
        outcomes = tools.names(("outcomes",), content.get("outcomes", ["tumor_cells"]), NAMES, "outcome")
        settings: dict[str, Any] = {
            key: tools.declared((key,), key, content[key]) for key in ("seed", "independent_arms") if key in content
        }
        every = tools.declared(("every",), "every", content.get("every", "6 h"))
        return Experiment(
            name=texts.get("name") or name, title=texts.get("title") or texts.get("name") or name, about=texts.get("about") or "",
            published=texts.get("published") or "", arms=tuple(arms), factors=tuple(factors), design=design or Design(),
            replicates=self._replicates(endpoints), outcomes=outcomes, every=round(float(every or 6)), main=endpoints[: len(content.get("endpoints", [])) or 2],
            measures=tuple(measures), frames=self._frames(), quick=self.quick, text=text,
            **{key: value for key, value in settings.items() if value is not None},
        )  # fmt: skip

    def _take_quick(self) -> None:
        """Check [quick] and, if it is wanted, put its values in the place of the others."""
        quick = self.tools.table(("quick",), self.content.pop("quick", {}))
        self.tools.known(("quick",), quick, keys.QUICK)
        if not self.quick:
            return
        for key in ("replicates", "horizon", "every"):
            if key in quick:
                self.content[key] = quick[key]
        for key in ("overrides", "design"):
            self.content[key] = self.tools.table((key,), self.content.get(key, {})) | self.tools.table(
                ("quick", key), quick.get(key, {})
            )
        values = self.tools.table(("quick", "values"), quick.get("values", {}))
        factors = [dict(each) for each in self.content.get("factor", []) if isinstance(each, dict)]
        known = {str(each.get("label", each.get("parameter"))): each for each in factors}
        for label, given in values.items():
            if label in known:
                known[label].update(values=given)
                for key in ("low", "high", "steps", "scale"):
                    known[label].pop(key, None)
            else:
                self.tools.problem(
                    ("quick", "values", label), f'no factor "{label}". Factors: {", ".join(known) or "none"}.'
                )
        if factors:
            self.content["factor"] = factors

    def _scenario(self, path: tuple[str | int, ...], given: str) -> Scenario:
        try:
            if given.endswith(opening.SUFFIX):
                return Scenario.from_file((self.folder or Path()) / given)
            return Scenario.shipped(given)
        except ScenarioError as error:
            for each in error.problems:
                self.tools.problem(path, str(each))
            return Scenario.default()

    def _changed(self, path: tuple[str | int, ...], scenario: Scenario, given: Any) -> Scenario:
        changes, mistakes = read_overrides(self.tools.registry, self.tools.table(path, given))
        for below, what in mistakes:
            self.tools.problem((*path, *below), what)
        try:
            return vary(scenario, changes) if changes else scenario
        except ScenarioError as error:
            for each in error.problems:
                self.tools.problem((*path, *each.where.split(".")[:1]), f"{each.where}: {each.what}")
            return scenario

    def _horizon(self, scenario: Scenario, given: Any) -> Scenario:
        try:
            return scenario.with_overrides({"duration": read_duration(given)})
        except RefusedError as refused:
            self.tools.problem(("horizon",), refused)
            return scenario

    def _arms(self, base: Scenario) -> list[Arm]:
        tables = self.tools.tables(("arm",), self.content.get("arm", []))
        arms: list[Arm] = []
        for number, table in enumerate(tables):
            arm = self._arm(("arm", number), table, base)
            if arm and arm.name in {each.name for each in arms}:
                self.tools.problem(
                    ("arm", number, "name"), f'two arms are called "{arm.name}". Give each a name of its own.'
                )
            elif arm:
                arms.append(arm)
        return arms or [Arm(base.name, base, base.title)]

    def _arm(self, path: tuple[str | int, ...], table: dict[str, Any], base: Scenario) -> Arm | None:
        tools, groups = self.tools, self.tools.registry.groups
        direct = {key: given for key, given in table.items() if "." in key or key in groups}
        regimen = table.get("regimen")
        if isinstance(regimen, dict):  # regimen.at = "22:00" changes a key of the phase that is there
            direct["regimen"] = regimen
        tools.known(path, {key: given for key, given in table.items() if key not in direct}, keys.ARM)
        texts = {
            key: tools.text((*path, key), table[key]) for key in ("name", "title", "about", "scenario") if key in table
        }
        if not texts.get("name"):
            tools.problem((*path, "name"), 'an arm needs a name. Write for example name = "control".')
            return None
        scenario = base
        if texts.get("scenario"):
            scenario = self._scenario((*path, "scenario"), str(texts["scenario"]))
            scenario = self._changed(("overrides",), scenario, self.content.get("overrides", {}))
            scenario = self._horizon(scenario, self.content["horizon"]) if "horizon" in self.content else scenario
        if regimen is not None and not isinstance(regimen, dict):
            phases, mistakes = read_regimen(regimen)
            for below, what in mistakes:
                tools.problem((*path, "regimen", *below), what)
            scenario = scenario.with_overrides({"regimen": phases})
        scenario = self._changed(path, scenario, direct)
        scenario = self._changed((*path, "overrides"), scenario, table.get("overrides", {}))
        return Arm(str(texts["name"]), scenario, texts.get("title") or str(texts["name"]), texts.get("about") or "")

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

    def _endpoints(self, measures: list[Measure]) -> tuple[str, ...]:
        from immune_sim.runs.experiments.declared import STANDARD

        known = (*STANDARD, *(each.name for each in measures))
        given = self.content.get("endpoints", ["survival_time", "take"])
        chosen = self.tools.names(("endpoints",), given, known, "endpoint")
        return (*chosen, *(each for each in known if each not in chosen))

    def _measures(self) -> list[Measure]:
        tools, made = self.tools, []
        for number, table in enumerate(tools.tables(("endpoint",), self.content.get("endpoint", []))):
            path: tuple[str | int, ...] = ("endpoint", number)
            tools.known(path, table, keys.ENDPOINT)
            missing = [key for key in ("name", "outcome", "take") if key not in table]
            if missing:
                tools.problem(
                    path,
                    f'{missing[0]} is missing. Write for example name = "burden_day_20", outcome = "tumor_cells", take = "at", hour = "20 d".',
                )
                continue
            outcome = tools.names((*path, "outcome"), [table["outcome"]], NAMES, "outcome")
            take = tools.declared((*path, "take"), "take", table["take"])
            hour = tools.declared((*path, "hour"), "hour", table["hour"]) if "hour" in table else None
            if take == "at" and "hour" not in table:
                tools.problem(path, 'at which hour? Add for example hour = "20 d".')
            if outcome and take:
                made.append(Measure(str(table["name"]), outcome[0], take, float(hour or 0.0)))
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
            else round(float(tools.declared(("frames", "every"), "every", table["every"]) or 0))
        )
        return Frames(every, tools.names(("frames", "layers"), table.get("layers", ["type"]), layers.NAMES, "layer"))


def read_experiment_file(path: Path, *, quick: bool = False) -> Experiment:
    """Read an experiment file; raises ScenarioError with every mistake, also for a file that cannot be opened."""
    return read_experiment(opening.read_file(path), str(path), name=path.stem, folder=path.parent, quick=quick)


def shipped_experiments() -> list[Path]:
    """The files of the shipped experiments, by name."""
    return sorted(shipped_folder("experiments").glob(f"*{opening.SUFFIX}"))


def load_experiment(given: str | Path | Experiment, *, quick: bool = False) -> Experiment:
    """An experiment from whatever names one: the name of a shipped one, a path, or the text of a file."""
    if isinstance(given, Experiment):
        return given
    if isinstance(given, str) and "\n" in given:
        return read_experiment(given, quick=quick)
    if isinstance(given, Path) or given.endswith(opening.SUFFIX) or "/" in given or "\\" in given:
        return read_experiment_file(Path(given), quick=quick)
    known = {path.stem: path for path in shipped_experiments()}
    if given not in known:
        from immune_sim.scenario.hints import did_you_mean, listed

        near = did_you_mean(given, known, f"Shipped are {listed(known, 'and')}.")
        raise ScenarioError(
            Problem(
                "",
                f'no experiment "{given}" is shipped. {near} The path of a file of your own ends in {opening.SUFFIX}.',
            )
        )
    return read_experiment(opening.read_file(known[given]), f"{given}{opening.SUFFIX}", name=given, quick=quick)


__all__ = [
    "Factor",
    "check_points",
    "load_experiment",
    "read_experiment",
    "read_experiment_file",
    "shipped_experiments",
]
