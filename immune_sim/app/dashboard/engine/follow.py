"""Following one cell: where it was, what its receptors did, what happened to it, and who came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from immune_sim.core.cells import CellTable
from immune_sim.core.codes import CTL, CTL_KILL, DYING, HYPOXIA, NK_KILL, SPONTANEOUS
from immune_sim.core.random import CTL_DIVISION, LINEAGE, draw

MOST_EVENTS = 1000
TUMOR, IMMUNE = "tumor", "immune"
DEATHS = {
    SPONTANEOUS: "died spontaneously",
    HYPOXIA: "died of lack of oxygen",
    NK_KILL: "killed by an NK cell",
    CTL_KILL: "killed by a cytotoxic T cell",
}


@dataclass(frozen=True)
class Happening:
    """Something that happened in an hour: "division", "kill", "hit", "death" or "gone", in words.

    daughter: cell_id of the daughter of a division, or -1. site: flat lattice site of the cell then.
    """

    hour: int
    what: str
    words: str
    site: int
    daughter: int = -1


@dataclass(frozen=True)
class Story:
    """What a page shows of a followed cell.

    hours (n,) int32, receptor and signal (n,) float32: its history. happenings: the newest last. fate: "" while it
    lives, otherwise when it ended and of what, or that it is not there yet. daughters: cell_ids of its daughters that
    are in the tissue now. born: its first hour in the tissue, None where that is not known.
    """

    table: str
    cell_id: int
    hours: NDArray[np.int32]
    receptor: NDArray[np.float32]
    signal: NDArray[np.float32]
    happenings: tuple[Happening, ...] = ()
    fate: str = ""
    daughters: tuple[int, ...] = ()
    born: int | None = None

    def count(self, what: str) -> int:
        """How often something happened."""
        return sum(each.what == what for each in self.happenings)


@dataclass
class Follower:
    """Follows one cell of a model; call it with the model once an hour. Holds plain values only, so it can be pickled.

    It keeps all hours it has seen, one after the other, and tells of those up to the hour that is asked for: a clock
    that is turned back and forth on one branch takes nothing away.

    table: "tumor" or "immune". row: where the cell was in its table last. born: its first hour, None where that was not
    seen; left: the hour at which it was gone, None while it is there. whole: whether its past was looked for.
    """

    table: str
    cell_id: int
    row: int = 0
    born: int | None = None
    left: int | None = None
    whole: bool = False
    hours: list[int] = field(default_factory=list)
    sites: list[int] = field(default_factory=list)
    receptor: list[float] = field(default_factory=list)
    signal: list[float] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    _seen: tuple[int, int, float, bool] = (-1, 0, 0.0, False)  # generation, kills, hour of last hit, whether dying
    _absent: int = -1  # the last hour at which it was looked for before it had come

    def __call__(self, model: Any) -> None:
        """Read the present hour, unless it is known; hours that were not seen before it make the story begin anew."""
        tissue = model.tissue
        hour = int(tissue.hour)
        if self.knows(hour):
            return
        if self.hours and hour != self.hours[-1] + 1:
            self._forget()
        cells: CellTable = getattr(tissue, self.table)
        row = self._find(cells)
        if row < 0:
            self._gone(hour)
            return
        if not self.hours and hour == self._absent + 1:  # hour 0 comes after -1: it was there from the start
            self.born = hour
        columns = cells.columns
        self.row = row
        self.hours.append(hour)
        self.sites.append(int(columns["site"][row]))
        self.receptor.append(float(columns["receptor_level"][row]))
        self.signal.append(float(columns["signal"][row]))
        if self.table == TUMOR:
            self._watch_tumor_cell(tissue, columns, row, hour)
        else:
            self._watch_immune_cell(tissue, columns, row, hour)

    def knows(self, hour: int) -> bool:
        """Whether it is known what the cell did at an hour, or that it was not there."""
        if not self.hours:
            return False
        before = self.born is not None and hour < self.born
        after = self.left is not None and hour >= self.left
        return before or after or self.hours[0] <= hour <= self.hours[-1]

    def forget_after(self, hour: int) -> None:
        """Keep what was seen up to this hour."""
        kept = self._count(hour)
        if kept == len(self.hours) and (self.left is None or self.left <= hour):
            return
        for each in (self.hours, self.sites, self.receptor, self.signal):
            del each[kept:]
        self.happenings = self.happened(hour)
        self.row, self.left, self.whole, self._seen = 0, None, False, (-1, 0, 0.0, False)
        if not self.hours:
            self._forget()

    def site(self, hour: int) -> int:
        """The flat lattice site at an hour, -1 where it is not there or that is not known."""
        return self.sites[hour - self.hours[0]] if self.hours and self.hours[0] <= hour <= self.hours[-1] else -1

    def track(self, hour: int, length: int) -> NDArray[np.int32]:
        """The flat lattice sites of the last so many hours up to an hour, oldest first."""
        return np.array(self.sites[self._count(hour - length) : self._count(hour)], dtype=np.int32)

    def story(self, model: Any) -> Story:
        """What has happened up to the hour of a model."""
        hour = int(model.tissue.hour)
        cells: CellTable = getattr(model.tissue, self.table)
        told, n = self.happened(hour), self._count(hour)
        born = np.array([each.daughter for each in told if each.daughter >= 0], dtype=np.int64)
        living = born[np.isin(born, cells["cell_id"])] if len(born) else born
        return Story(
            self.table,
            self.cell_id,
            np.array(self.hours[:n], dtype=np.int32),
            np.array(self.receptor[:n], dtype=np.float32),
            np.array(self.signal[:n], dtype=np.float32),
            tuple(told),
            self.fate(hour),
            tuple(int(each) for each in living),
            self.born,
        )

    def happened(self, hour: int) -> list[Happening]:
        """What happened up to an hour, the newest last."""
        return [each for each in self.happenings if each.hour <= hour]

    def fate(self, hour: int) -> str:
        """When it ended and of what, as known at an hour, or that it is not there yet; "" while it lives."""
        if self.born is not None and hour < self.born:
            return f"Not there yet: {'born' if self.table == TUMOR else 'it comes'} {clock(self.born)}"
        if not self.hours:
            return "Not in the tissue at this hour"
        told = self.happened(hour)
        died = next((each for each in told if each.what == "death"), None)
        words = f"{died.words[0].upper()}{died.words[1:]} {clock(died.hour)}" if died else ""
        if self.left is None or hour < self.left:
            return words
        if words:
            return f"{words}, cleared {clock(self.left)}"
        return f"{'Died or left the tissue' if self.table == IMMUNE else 'Taken out of the tissue'} {clock(self.left)}"

    # ---- one hour --------------------------------------------------------------------------------------------------

    def _find(self, cells: CellTable) -> int:
        ids, row = cells["cell_id"], self.row
        if 0 <= row < len(ids) and ids[row] == self.cell_id:
            return row
        found = np.flatnonzero(ids == self.cell_id)
        return int(found[0]) if len(found) else -1

    def _watch_tumor_cell(self, tissue: Any, columns: dict[str, NDArray[Any]], row: int, hour: int) -> None:
        generation, hit = int(columns["generation"][row]), float(columns["damage_hour"][row])
        dying = bool(columns["state"][row] >= DYING)
        before = self._seen
        self._seen = (generation, 0, hit, dying)
        if before[0] >= 0:
            if hit != before[2]:
                self._note(hour, "hit", f"hit by a T cell, damage {float(columns['damage'][row]):.1f}")
            if generation > before[0]:
                address = int(columns["lineage"][row])
                a, b, _, _ = self._drawn(LINEAGE, generation, address, tissue.seed)
                self._divided(tissue.tumor, (a << 32) | b, hour)
        if dying and not before[3]:
            lain = max(int(columns["hours_dying"][row]) - 1, 0)
            words = DEATHS.get(int(columns["cause"][row]), "died by hand or of an own mechanism")
            self._note(hour - lain, "death", words)

    def _watch_immune_cell(self, tissue: Any, columns: dict[str, NDArray[Any]], row: int, hour: int) -> None:
        kills, before = int(columns["kills"][row]), self._seen
        self._seen = (0, kills, 0.0, False)
        if before[0] < 0 or kills <= before[1]:
            return
        killed = kills - before[1]
        self._note(hour, "kill", "killed a tumor cell" if killed == 1 else f"killed {killed} tumor cells")
        if columns["kind"][row] == CTL:
            address = int(columns["lineage"][row])
            _, _, c, d = self._drawn(CTL_DIVISION, hour - 1, address, tissue.seed)
            self._divided(tissue.immune, (c << 32) | d, hour)

    def _divided(self, cells: CellTable, lineage: int, hour: int) -> None:
        """Find the daughter by the lineage that only she can have; a T cell that killed need not have divided."""
        found = np.flatnonzero(cells["lineage"] == np.uint64(lineage))
        if len(found):
            daughter = int(cells["cell_id"][found[0]])
            self._note(hour, "division", f"divided, daughter {daughter}", daughter)
        elif self.table == TUMOR:
            self._note(hour, "division", "divided")

    def _gone(self, hour: int) -> None:
        if self.hours:
            self.row, self.left = -1, hour
            self._note(hour, "gone", "no longer in the tissue")
        else:
            self._absent = hour

    def _note(self, hour: int, what: str, words: str, daughter: int = -1) -> None:
        self.happenings.append(Happening(hour, what, words, self.sites[-1] if self.sites else -1, daughter))
        if len(self.happenings) > MOST_EVENTS:
            del self.happenings[0]

    def _drawn(self, decision: int, tick: int, address: int, seed: Any) -> list[int]:
        words = np.empty((1, 4), dtype=np.uint32)
        draw(words, decision, tick, np.array([address], dtype=np.uint64), np.uint64(seed))
        return [int(each) for each in words[0]]

    def _count(self, hour: int) -> int:
        """How many of the hours seen lie at or before an hour."""
        return min(max(hour - self.hours[0] + 1, 0), len(self.hours)) if self.hours else 0

    def _forget(self) -> None:
        """Begin anew after hours that were not seen."""
        for each in (self.hours, self.sites, self.receptor, self.signal, self.happenings):
            each.clear()
        self.row, self.born, self.left, self.whole = 0, None, None, False
        self._seen, self._absent = (-1, 0, 0.0, False), -1


def clock(hour: float) -> str:
    """When something happened: "on day 3, 04:00"."""
    return f"on day {int(hour) // 24}, {int(hour) % 24:02d}:00"
