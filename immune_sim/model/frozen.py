"""What a checkpoint holds: the state of a run as numbers, texts and arrays, and the model made from them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from mesa.time import EventGenerator

from immune_sim import __version__
from immune_sim.core.cells import CellTable, Column
from immune_sim.core.errors import CheckpointError
from immune_sim.mechanisms.priming import LymphNode
from immune_sim.mechanisms.receptors import HostAxis
from immune_sim.model.outcomes import NAMES
from immune_sim.model.schedule import Entry, standard_entries
from immune_sim.scenario.hints import listed
from immune_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from immune_sim.model.model import TumorImmuneModel
    from immune_sim.model.state import Tissue

NODE = ("antigen", "primed", "effectors")
PLAIN = ("hour", "next_number", "founders", "released", "ctl_influx", "tallies", "by_hand")

Arrays = dict[str, np.ndarray]


def freeze(model: TumorImmuneModel) -> tuple[dict[str, Any], Arrays]:
    """The state of a model between two hours, as what JSON can hold and arrays by name.

    Raises CheckpointError inside of an hour.
    """
    tissue = model.tissue
    if model._broken:
        raise CheckpointError(model._broken)
    if tissue.hour != int(model.time) or model.recorder.rows != tissue.hour + 1:
        raise CheckpointError(
            "a checkpoint cannot be written while an hour is being computed. "
            "Save between two hours, from outside of the model's processes."
        )
    text = {
        "scenario": model.scenario.to_toml(),
        "scenario_hash": model.scenario.hash,
        "based_on": model.scenario.based_on,
        "seed": model.seed,
        "time": model.time,
        "doses_given": model._doses_given,
        "interventions": model.interventions,
        "entries": [
            {"name": each.name, "about": each.about, "in_substeps": each.in_substeps, "own": not _is_standard(each)}
            for each in model.schedule
        ],
        "events": _pending(model),
        "random": list(model.random.getstate()),
        "rng": model.rng.bit_generator.state,
        "tissue": {name: getattr(tissue, name) for name in PLAIN},
        "drug": tissue.drug.state(),
        "host": asdict(tissue.host),
        "node": {name: getattr(tissue.node, name) for name in NODE},
        "columns": {name: [vars(each) for each in table.declared.values()] for name, table in _tables(tissue).items()},
    }
    arrays = {"vessels": tissue.vessels, "blockade": tissue.blockade, "ligand": tissue.ligand}
    arrays |= {f"field/{name}": array for name, array in tissue.fields.arrays().items()}
    arrays |= {f"{kind}/{name}": table[name] for kind, table in _tables(tissue).items() for name in table}
    arrays |= {f"outcome/{name}": column for name, column in model.recorder.columns.items()}
    return text, arrays


def thaw[M: TumorImmuneModel](
    cls: type[M],
    text: Mapping[str, Any],
    arrays: Arrays,
    *,
    threads: int,
    processes: Mapping[str, Callable[[M], Any]],
    drop_events: bool,
    **reporters: Any,
) -> M:
    """A model in a frozen state; CheckpointError if own mechanisms or events are missing, or defaults changed."""
    scenario = Scenario.from_text(text["scenario"], origin="scenario of the checkpoint")
    if scenario.hash != text["scenario_hash"]:
        raise CheckpointError(
            f"version {text['version']} wrote it, and version {__version__} has other defaults or another meaning of "
            f"its scenario. Install version {text['version']} to go on."
        )
    _check_own(text, processes, drop_events)
    model = cls(replace(scenario, based_on=text["based_on"]), rng=text["seed"], threads=threads, **reporters)
    _restore_tissue(model.tissue, text, arrays)
    _restore_schedule(model, text, processes)
    if {f"outcome/{name}" for name in NAMES} != {name for name in arrays if name.startswith("outcome/")}:
        raise KeyError("outcomes")
    model.recorder.restore({name: arrays[f"outcome/{name}"] for name in NAMES})
    model.datacollector.resume()
    model.interventions = list(text["interventions"])
    version, words, gauss = text["random"]
    model.random.setstate((version, tuple(words), gauss))
    model.rng.bit_generator.state = text["rng"]
    model._resume_at(text["time"], text["doses_given"])
    return model


def _tables(tissue: Tissue) -> dict[str, CellTable]:
    return {"tumor": tissue.tumor, "immune": tissue.immune}


def _is_standard(entry: Entry) -> bool:
    return any(entry.name == each.name and entry.run is each.run for each in standard_entries())


def _pending(model: TumorImmuneModel) -> list[dict[str, Any]]:
    """What is scheduled beside the hours and the regimen: functions, which a file cannot hold."""
    recurring = [
        each for each in model._event_generators if each is not model._default_schedule and each.function() is not None
    ]
    events = [each for each in model._event_list._events if not each.CANCELED and each is not model._dose_event]
    single = [
        each
        for each in events
        if (function := each.fn()) is not None and not isinstance(getattr(function, "__self__", None), EventGenerator)
    ]
    found = [(each.next_scheduled_time or model.time, each.function()) for each in recurring] + [
        (each.time, each.fn()) for each in single
    ]
    return sorted(
        ({"time": time, "name": getattr(function, "__name__", repr(function))} for time, function in found),
        key=lambda each: (each["time"], each["name"]),
    )


def _check_own(text: Mapping[str, Any], processes: Mapping[str, Any], drop_events: bool) -> None:
    own = [each["name"] for each in text["entries"] if each["own"]]
    if missing := [name for name in own if name not in processes]:
        example = ", ".join(f'"{name}": function' for name in missing)
        raise CheckpointError(
            f"the run had own mechanisms in its schedule, {listed(missing, 'and')}, which a file cannot hold. "
            f"Give them again: load(path, processes={{{example}}}), each a function of the model."
        )
    if extra := [name for name in processes if name not in own]:
        raise CheckpointError(
            f"the run had no own mechanism {listed(extra)} in its schedule. "
            "Leave it out, and add it with add_process after loading."
        )
    if text["events"] and not drop_events:
        waiting = ", ".join(f'"{each["name"]}" at hour {each["time"]:g}' for each in text["events"])
        raise CheckpointError(
            f"events scheduled by hand were waiting, {waiting}, which a file cannot hold. "
            "Load with drop_events=True and schedule them again."
        )


def _restore_tissue(tissue: Tissue, text: Mapping[str, Any], arrays: Arrays) -> None:
    for name in PLAIN:
        setattr(tissue, name, text["tissue"][name])
    for kind, table in _tables(tissue).items():
        _restore_table(
            table,
            [Column(**each) for each in text["columns"][kind]],
            {name.partition("/")[2]: array for name, array in arrays.items() if name.startswith(f"{kind}/")},
        )
    lattice = tissue.lattice
    for at, table in ((lattice.tumor_at, tissue.tumor), (lattice.immune_at, tissue.immune)):
        at[lattice.interior] = -1
        at[table["site"]] = np.arange(table.n)
    tissue.vessels, tissue.blockade, tissue.ligand = arrays["vessels"], arrays["blockade"], arrays["ligand"]
    tissue.fields.set_vessels(tissue.vessels)
    tissue.fields.restore(
        _alike(tissue.fields.arrays(), {name: arrays[f"field/{name}"] for name in tissue.fields.arrays()})
    )
    tissue.drug.restore(text["drug"])
    tissue.host = HostAxis(**text["host"])
    tissue.node = LymphNode(**text["node"])


def _restore_table(table: CellTable, declared: list[Column], columns: Arrays) -> None:
    for column in declared:
        if column.name not in table.declared:
            table.add_column(column)
    table.n = 0
    rows = table.append(len(columns["cell_id"]))
    for name, values in _alike({name: table[name] for name in table}, columns).items():
        table.columns[name][rows] = values


def _alike(expected: Arrays, given: Arrays) -> Arrays:
    """The given arrays; raises ValueError unless they have the names, types and shapes that are expected."""
    kinds = [{name: (array.dtype, array.shape) for name, array in each.items()} for each in (expected, given)]
    if kinds[0] != kinds[1]:
        raise ValueError("arrays of another kind")
    return given


def _restore_schedule[M: TumorImmuneModel](
    model: M, text: Mapping[str, Any], processes: Mapping[str, Callable[[M], Any]]
) -> None:
    standard = {each.name: each for each in standard_entries()}
    model.schedule.entries = []
    for each in text["entries"]:
        if each["own"]:
            model.add_process(
                each["name"], processes[each["name"]], about=each["about"], in_substeps=each["in_substeps"]
            )
        else:
            model.schedule.entries.append(standard[each["name"]])
