"""The page's side of twin arms: which tissues stand beside the first, what differs in them, and what came of it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import solara

from immune_sim.app.dashboard import limits
from immune_sim.app.dashboard.composer.sentence import free_sentence, schedule_brief, schedule_sentence
from immune_sim.app.dashboard.replay import Change, Run, said
from immune_sim.app.dashboard.words import spoken
from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.mechanisms.links import LINKS
from immune_sim.scenario.reading import REGIMEN
from immune_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from immune_sim.app.dashboard.state import Session

LETTERS = "ABCD"
MIXED = "space.well_mixed"
WHY = (
    "In this model blocked cells grow more receptors. Free, these pass on more signal than at rest, which slows "
    "division; blocked, they pass on less, which speeds it."
)
# A tissue with other places or other first cells is no twin.
NOT_ALONE = ("space", "time", "clock", "inoculum")


@dataclasses.dataclass(frozen=True)
class Twin:
    """An arm beside the first. number: 1 to 3. title: what is different, in words.

    own: its own values by address, "regimen" included, which nothing that is done to all arms overrules. run: what it
    began as where it is not the first run with a change.
    """

    number: int
    title: str
    own: dict[str, Any] = dataclasses.field(default_factory=dict)
    run: Run | None = None

    @property
    def letter(self) -> str:
        """B, C or D."""
        return LETTERS[self.number]


@dataclasses.dataclass(frozen=True)
class Parted:
    """What came of it: the first cause in words, and how many of all cells differ now."""

    sentence: str = ""
    differing: int = 0
    cells: int = 0


class Twins:
    """Arms beside the first. arms, parted (by number) and differences are reactive."""

    def __init__(self, session: Session):
        self._session = session
        self.arms: solara.Reactive[tuple[Twin, ...]] = solara.reactive(())
        self.parted: solara.Reactive[dict[int, Parted]] = solara.reactive({})
        self.differences = solara.reactive(False)  # whether the pictures show where the arms differ
        stage = session.stage
        stage.hear("parted", lambda arm, sentence: self._note(arm, sentence=sentence))
        stage.hear("differing", lambda arm, differing, cells: self._note(arm, differing=differing, cells=cells))
        stage.hear("dropped", self._forget)
        stage.hear("compare", self._compare)

    @property
    def full(self) -> bool:
        """Whether there is no room for another arm."""
        return len(self.arms.value) == len(LETTERS) - 1

    @property
    def mixable(self) -> bool:
        """Whether the same agents can stand beside the first without their places."""
        mixed = self._session.wanted.run(self._session.seed.value).scenario.values[MIXED]
        return not (mixed or self.full or any(twin.own.get(MIXED) for twin in self.arms.value))

    def said_of_mixed(self, hour: float) -> str:
        """The burden of the arm whose agents are mixed, as a sentence after a space; "" where there is none."""
        twin = next((each for each in self.arms.value if each.own == {MIXED: True}), None)
        reading = None if twin is None else self._session.stage.views[twin.number].reading.value
        if twin is None or reading is None or reading.hour != hour:
            return ""
        cells = f"{reading.tumor_cells:,}"
        return f" The same agents mixed ({twin.letter}): {cells}; between A and {twin.letter} only places differ."

    def mix_agents(self) -> None:
        """Put the same agents beside the first, with every step and daughter at a random place."""
        self.add_change({MIXED: True}, "the same agents, mixed", from_now=False)

    def add_change(self, own: dict[str, Any], title: str, from_now: bool) -> bool:
        """Put the same run with one change beside the first; False where that is refused, which is said."""
        twin = Twin(self._free(), title, own)
        if not self._admitted(self._session.wanted.run(self._session.seed.value), own):
            return False
        self._add(twin)
        self._session.engine.tell("beside", twin.number, own, from_now)
        return True

    def add_run(self, run: Run, title: str) -> bool:
        """Put any run beside the first, for example a branch; False where that is refused, which is said."""
        if not self._admitted(run, {}):
            return False
        twin = Twin(self._free(), title, {}, dataclasses.replace(run, hour=0, changes=()))
        self._add(twin)
        self._session.engine.tell("beside_run", twin.number, run)
        return True

    def remove(self, number: int) -> None:
        """Take an arm away."""
        self._forget(number)
        self._session.engine.tell("drop", number)
        if not self.arms.value:
            self.show_differences(False)

    def clear(self) -> None:
        """Take all arms away but the first."""
        for twin in self.arms.value:
            self.remove(twin.number)

    def show_differences(self, wanted: bool) -> None:
        """Paint where the arms differ from the first, or paint them as they are."""
        self.differences.value = wanted
        self._session.engine.tell("differences", wanted)

    def toggle_differences(self) -> None:
        """The other of the two, where there is anything to compare."""
        if self.arms.value:
            self.show_differences(not self.differences.value)

    def begin_again(self) -> None:
        """The first run begins anew at hour 0: so do the others, each with what is its own from the beginning on."""
        for twin in self.arms.value:
            if twin.run is None:
                self._session.engine.tell("beside", twin.number, twin.own, False)
            else:
                self._session.engine.tell("begin", twin.number, twin.run)

    def tell_all(self, command: str, address: str, *arguments: Any) -> None:
        """Send a command to all arms; one to whose own values the address belongs is left alone."""
        for number in (0, *(twin.number for twin in self.arms.value if address not in twin.own)):
            self._session.engine.tell(command, number, *arguments)

    def _add(self, twin: Twin) -> None:
        self.parted.value = {**self.parted.value, twin.number: Parted()}
        self.arms.value = tuple(sorted((*self.arms.value, twin), key=lambda each: each.number))

    def _free(self) -> int:
        taken = {twin.number for twin in self.arms.value}
        return next((number for number in range(1, len(LETTERS)) if number not in taken), len(LETTERS))

    def _admitted(self, run: Run, own: dict[str, Any]) -> bool:
        """All arms together must stay within what one session may ask for."""
        try:
            if self.full:
                raise ScenarioError(Problem("arms", f"there are {len(LETTERS)} already. Remove one first."))
            scenario = run.scenario.with_overrides(own)
            arms, most = len(self.arms.value) + 2, limits.current()
            limits.Limits(most.cells // arms, most.sites // arms, most.sessions).check(scenario)
        except ScenarioError as error:
            self._session.stage.message.value = str(error)
            return False
        return True

    def _note(self, arm: int, **found: Any) -> None:
        if arm in self.parted.value:
            self.parted.value = {**self.parted.value, arm: dataclasses.replace(self.parted.value[arm], **found)}

    def _compare(self, run: Run, title: str) -> None:
        self.add_run(run, title)

    def _forget(self, number: int) -> None:
        self.arms.value = tuple(twin for twin in self.arms.value if twin.number != number)
        self.parted.value = {each: found for each, found in self.parted.value.items() if each != number}


def first_words(session: Session) -> tuple[str, str]:
    """Head and hover of the first arm; where another arm has another schedule, with its own."""
    followed, own = session.scheduling.followed, session.scheduling.own
    title = session.scenario.title + ("" if own else ", another schedule")
    differs = any(REGIMEN in twin.own for twin in session.twins.arms.value)
    return schedule_brief(followed) if differs else title, f"{title}. {schedule_sentence(followed)}"


def arm_words(session: Session, twin: Twin) -> tuple[str, str]:
    """Head and hover of another arm: what is different, of a schedule with dose, hour and free time."""
    if REGIMEN not in twin.own:
        return twin.title, twin.title
    scenario = session.scheduling.followed.with_overrides(twin.own)
    return f"{twin.title}: {schedule_brief(scenario)}", f"{twin.title}. {schedule_sentence(scenario)}"


def windows(session: Session) -> list[str]:
    """For how long the receptors of each arm are free, where schedules differ, and what that does in this model."""
    arms = [twin for twin in session.twins.arms.value if REGIMEN in twin.own]
    if not arms:
        return []
    first = session.scheduling.followed
    scenarios = {"A": first, **{twin.letter: first.with_overrides(twin.own) for twin in arms}}
    said = [f"{letter}: {free_sentence(scenario)}" for letter, scenario in scenarios.items()]
    linked = (
        float(first.values["links.tumor_proliferation"]) < 0.0 and first.values["links.receptor_upregulation"] != 0.0
    )
    return [" ".join(said) + (f" {WHY}" if linked else "")]


def links_on(scenario: Scenario, values: dict[str, Any]) -> list[tuple[str, str]]:
    """(address, words) of the links that are on, for a choice."""
    addresses = ((f"links.{link.name}", spoken(link.name)) for link in LINKS)
    return [(address, words) for address, words in addresses if values.get(address, scenario.values[address]) != 0.0]


def parameters(scenario: Scenario, live_only: bool) -> list[tuple[str, str]]:
    """(address, words) of the parameters that one arm may have for itself, for a choice."""
    found = []
    for address, declared in scenario.registry.parameters.items():
        group, _, name = address.partition(".")
        if group not in NOT_ALONE and (declared.live or not live_only):
            found.append((address, f"{spoken(group)}: {spoken(name).lower()}"))
    return sorted(found, key=lambda each: each[1].lower())


def titled(address: str, value: Any, scenario: Scenario) -> str:
    """One change in words, short enough for the head of an arm."""
    if address.startswith("links.") and value == 0.0:
        return f"{spoken(address.partition('.')[2])} off"
    if address == REGIMEN:
        return "another schedule"
    return said(Change(0.0, value, address), scenario)
