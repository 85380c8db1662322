"""The order of one hour as one list that can be printed, timed and extended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from immune_sim.core.errors import ImmuneSimError
from immune_sim.model import hour
from immune_sim.model.state import Tissue
from immune_sim.scenario.hints import did_you_mean

Process = Callable[[Tissue], None]


@dataclass
class Entry:
    """One process of the hour.

    name: unique. about: one sentence. run: called with the tissue. in_substeps: runs once in every sub-step, together
    with its neighbors in the list that do the same. seconds, calls: time spent while the schedule is timed.
    """

    name: str
    about: str
    run: Process
    in_substeps: bool = False
    seconds: float = 0.0
    calls: int = 0


def standard_entries() -> list[Entry]:
    """The processes of the model as it ships."""
    return [
        Entry("drug", "concentrations and blockade", hour.drug),
        Entry("host receptors", "receptors and ligand of the host", hour.host_receptors),
        Entry("cell receptors", "receptors, signal and ligand of every cell", hour.cell_receptors),
        Entry("motility", "search, chemotaxis and arrest of immune cells", hour.move, in_substeps=True),
        Entry("killing", "strikes of engaged NK cells and T cells", hour.kill, in_substeps=True),
        Entry("death", "spontaneous and hypoxic death of tumor cells", hour.die),
        Entry("division", "division of tumor cells", hour.divide),
        Entry("T-cell division", "division of T cells after a kill", hour.divide_t_cells),
        Entry("immune turnover", "exhaustion, age and exit of immune cells", hour.age_immune_cells),
        Entry("clearance", "dying tumor cells age and are cleared", hour.clear),
        Entry("priming", "antigen in the lymph node makes T cells", hour.prime),
        Entry("recruitment", "NK cells and T cells arrive through vessels", hour.recruit),
        Entry("fields", "oxygen, chemokine, IFN-gamma and ligand", hour.update_fields),
    ]


@dataclass
class Schedule:
    """The entries of an hour in their order; ``timed`` measures each."""

    entries: list[Entry] = field(default_factory=standard_entries)
    timed: bool = False

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __getitem__(self, name: str) -> Entry:
        return self.entries[self._index(name)]

    def _index(self, name: str) -> int:
        names = [entry.name for entry in self.entries]
        if name not in names:
            listed = f"Its entries are: {', '.join(names)}."
            raise ImmuneSimError(f'The schedule has no entry "{name}". {did_you_mean(name, names, listed)}')
        return names.index(name)

    def add(
        self,
        name: str,
        run: Process,
        *,
        after: str | None = None,
        about: str = "added by the user",
        in_substeps: bool = False,
    ) -> Entry:
        """Add a process after another entry, or at the end of the hour.

        Raises ImmuneSimError if the name is taken or ``after`` is unknown.
        """
        if any(entry.name == name for entry in self.entries):
            raise ImmuneSimError(
                f'The schedule already has an entry "{name}". Remove it first, or choose another name.'
            )
        entry = Entry(name, about, run, in_substeps)
        self.entries.insert(len(self.entries) if after is None else self._index(after) + 1, entry)
        return entry

    def remove(self, name: str) -> Entry:
        """Take an entry out and return it."""
        return self.entries.pop(self._index(name))

    def run_hour(self, tissue: Tissue) -> None:
        """Run every entry once, those in sub-steps together and as often as there are sub-steps."""
        tissue.tallies = {}
        for together in self._groups():
            tissue.in_substeps = together[0].in_substeps
            for sub in range(tissue.p.clock.substeps if together[0].in_substeps else 1):
                tissue.sub = sub
                for entry in together:
                    self._run(entry, tissue)
        tissue.sub, tissue.in_substeps = 0, False
        tissue.hour += 1

    def _groups(self) -> list[list[Entry]]:
        groups: list[list[Entry]] = []
        for entry in self.entries:
            if entry.in_substeps and groups and groups[-1][0].in_substeps:
                groups[-1].append(entry)
            else:
                groups.append([entry])
        return groups

    def _run(self, entry: Entry, tissue: Tissue) -> None:
        began = time.perf_counter() if self.timed else 0.0
        try:
            entry.run(tissue)
        except Exception as error:
            error.add_note(f'This was raised in the entry "{entry.name}" of the schedule.')
            raise
        if not self.timed:
            return
        entry.seconds += time.perf_counter() - began
        entry.calls += 1

    def __str__(self) -> str:
        width = max(len(entry.name) for entry in self.entries)
        often = {True: "sub-step", False: "hour"}
        return "\n".join(
            f"{i:2d}  {entry.name:<{width}}  {often[entry.in_substeps]:<8}  {entry.about}{self._time(entry)}"
            for i, entry in enumerate(self.entries, start=1)
        )

    @staticmethod
    def _time(entry: Entry) -> str:
        return f"  ({1e6 * entry.seconds / entry.calls:.0f} us a call, {entry.calls} calls)" if entry.calls else ""
