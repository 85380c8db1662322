"""Reading the arms of an experiment file: complete scenarios, made of the base, a scenario, a regimen and overrides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from immune_sim.core.errors import ScenarioError
from immune_sim.runs.experiments import keys
from immune_sim.runs.experiments.declared import Arm
from immune_sim.runs.experiments.naming import file_name_fault, plain
from immune_sim.runs.experiments.overriding import read_overrides, read_regimen
from immune_sim.runs.experiments.reading_tools import Tools
from immune_sim.runs.experiments.schedules import vary
from immune_sim.scenario import opening
from immune_sim.scenario.hints import RefusedError, quoted
from immune_sim.scenario.reading import read_duration
from immune_sim.scenario.scenario import Scenario


class ArmReader:
    """Reads the scenarios of one file. folder: where scenario files named in it are looked for."""

    def __init__(self, tools: Tools, content: dict[str, Any], folder: Path | None):
        self.tools, self.content, self.folder = tools, content, folder

    def base(self, name: str) -> Scenario:
        """The scenario from which the arms differ, with the overrides and the horizon of the experiment."""
        return self._for_all(self._scenario(("base",), name) if name else Scenario.default())

    def _for_all(self, scenario: Scenario) -> Scenario:
        scenario = self._changed(("overrides",), scenario, self.content.get("overrides", {}))
        return self._horizon(scenario, self.content["horizon"]) if "horizon" in self.content else scenario

    def _scenario(self, path: tuple[str | int, ...], given: str) -> Scenario:
        if self.tools.alone and given.endswith(opening.SUFFIX):
            self.tools.problem(path, f"{quoted(given)} is a file; none is opened here. Name a shipped scenario.")
            return Scenario.default()
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

    def arms(self, base: Scenario) -> list[Arm]:
        """The arms, or the base alone where none is given."""
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
        return arms or [Arm(plain(base.name), base, base.title)]

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
            if "name" not in table and not tools.misspelled(table, "name", keys.ARM):
                tools.problem((*path, "name"), 'an arm needs a name. Write for example name = "control".')
            return None
        if fault := file_name_fault(texts["name"]):
            tools.problem((*path, "name"), fault)
            return None
        scenario = base
        if texts.get("scenario"):
            scenario = self._for_all(self._scenario((*path, "scenario"), str(texts["scenario"])))
        if regimen is not None and not isinstance(regimen, dict):
            phases, mistakes = read_regimen(regimen)
            for below, what in mistakes:
                tools.problem((*path, "regimen", *below), what)
            scenario = scenario.with_overrides({"regimen": phases})
        scenario = self._changed(path, scenario, direct)
        scenario = self._changed((*path, "overrides"), scenario, table.get("overrides", {}))
        return Arm(str(texts["name"]), scenario, texts.get("title") or str(texts["name"]), texts.get("about") or "")
