"""Checkpoints: what goes on from one is the same bit for bit, and what is not whole is refused."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mesa.time import Schedule

from immune_sim.core.cells import Column
from immune_sim.core.errors import CheckpointError, OutputError
from immune_sim.model import TumorImmuneModel, checkpoint
from immune_sim.model.agents import TumorCell

ROOT = Path(__file__).parents[2]
FLAT = {"space.width": 40, "space.height": 36, "inoculum.tumor_cells": 150, "recruitment.ctl_density": 40.0}
DEEP = {
    "space.width": 14,
    "space.height": 12,
    "space.depth": 10,
    "inoculum.tumor_cells": 120,
    "space.boundary": "periodic",
}
INFUSED = {
    "regimen": [{"infusion": "0.02 mg/kg/h", "start": "3 h", "for": "30 h"}, {"dose": "0.1 mg/kg", "every": "8 h"}]
}


def assert_same(one: TumorImmuneModel, other: TumorImmuneModel) -> None:
    """Every number of the tissue and of the time course, to the last bit."""
    assert one.recorder.table().equals(other.recorder.table())
    for mine, theirs in zip(one.tables, other.tables, strict=True):
        assert set(mine) == set(theirs)
        assert {name: mine[name].tobytes() for name in mine} == {name: theirs[name].tobytes() for name in theirs}
    for name, values in one.tissue.fields.arrays().items():
        assert values.tobytes() == other.tissue.fields.arrays()[name].tobytes(), name
    for at in ("tumor_at", "immune_at"):
        assert getattr(one.tissue.lattice, at).tobytes() == getattr(other.tissue.lattice, at).tobytes()
    assert one.tissue.drug.state() == other.tissue.drug.state()
    for name in ("hour", "next_number", "founders", "released", "ctl_influx", "tallies", "by_hand"):
        assert getattr(one.tissue, name) == getattr(other.tissue, name), name
    for name in ("vessels", "blockade", "ligand"):
        assert getattr(one.tissue, name).tobytes() == getattr(other.tissue, name).tobytes(), name
    assert (one.tissue.host, one.tissue.node) == (other.tissue.host, other.tissue.node)
    assert (one.time, one.steps, one.seed, one.interventions) == (
        other.time,
        other.steps,
        other.seed,
        other.interventions,
    )
    assert (one.scenario, one.running) == (other.scenario, other.running)


@pytest.mark.parametrize(
    ("scenario", "changes", "until"),
    [
        ("ldn-mouse", FLAT, 30.0),
        ("ldn-mouse", FLAT, 24.0),  # at the hour of a dose
        ("ldn-mouse", FLAT, 0.0),
        ("ldn-human", FLAT, 22.5),  # between two hours, just after a dose that has not flowed yet
        ("hdn-mouse", {**FLAT, "space.boundary": "periodic", "space.well_mixed": True}, 20.0),
        ("spheroid-3d", DEEP, 25.0),
        ("control-mouse", {**FLAT, **INFUSED}, 10.0),
        ("control-mouse", {**FLAT, **INFUSED}, 10.25),
    ],
)
def test_a_resumed_run_is_the_uninterrupted_one(
    tmp_path: Path, scenario: str, changes: dict[str, Any], until: float
) -> None:
    """Catches whatever is not saved: a warm start, a dose in the queue, an open infusion, the next number of a cell."""
    one, stopped = (TumorImmuneModel(scenario, rng=7, **changes) for _ in range(2))
    if until:
        stopped.run_until(until)
    assert stopped.save(tmp_path / "run.npz") == tmp_path / "run.npz"
    other = TumorImmuneModel.load(tmp_path / "run.npz")
    assert_same(stopped, other)
    for each in (one, other, stopped):
        each.run_until(60.0)
    assert_same(one, stopped)
    assert_same(one, other)


def test_what_was_done_by_hand_is_kept(tmp_path: Path) -> None:
    """A dose, a parameter, cells added and removed, a vessel, draws of both generators, and a second checkpoint."""

    def meddle(model: TumorImmuneModel) -> None:
        model.run_until(model.time + 10.25)
        model.give_dose("0.05 mg/kg")
        model.set_parameter("links.tumor_proliferation", -0.3)
        model.agents.select(where=lambda cells: cells["site"] % 7 == 0).do("remove")
        lattice = model.tissue.lattice
        place = lattice.coordinates(lattice.interior[lattice.tumor_at[lattice.interior] == -1][0])
        TumorCell(model, position=place.tolist(), antigenicity=0.25)
        model.tissue.vessels = model.tissue.vessels[1:]
        model.tissue.fields.set_vessels(model.tissue.vessels)
        model.agents.set("signal", model.rng.uniform(0.5, 1.5, len(model.agents)))
        model.agents.shuffle_do(lambda cell: cell.signal)

    one, other = (TumorImmuneModel("ldn-mouse", rng=3, **FLAT) for _ in range(2))
    for _ in range(2):
        meddle(one)
        meddle(other)
        other = TumorImmuneModel.load(other.save(tmp_path / "again.npz"))
        assert_same(one, other)
        one.run_for(30)
        other.run_for(30)
        assert_same(one, other)
        assert one.rng.random() == other.rng.random()
        assert one.random.random() == other.random.random()
    assert len(one.interventions) == 4


def test_a_run_goes_on_in_another_process_and_on_two_threads(tmp_path: Path) -> None:
    model = TumorImmuneModel("ldn-mouse", rng=np.random.default_rng(11), **FLAT)
    model.run_for(20)
    model.save(tmp_path / "run.npz")
    code = """if True:
        import sys
        from immune_sim import TumorImmuneModel
        model = TumorImmuneModel.load(sys.argv[1], threads=2)
        model.run_for(20)
        model.save(sys.argv[2])
    """
    subprocess.run([sys.executable, "-c", code, tmp_path / "run.npz", tmp_path / "later.npz"], check=True, cwd=ROOT)
    model.run_for(20)
    assert_same(model, TumorImmuneModel.load(tmp_path / "later.npz"))


def test_a_checkpoint_written_by_an_event_loses_no_dose_of_that_moment(tmp_path: Path) -> None:
    """The event stands before the dose of the same hour; both then happen after the restart, and only once."""
    one, model = (TumorImmuneModel("ldn-mouse", rng=5, **FLAT) for _ in range(2))
    path = tmp_path / "run.npz"

    def write() -> None:
        if not path.exists():
            model.save(path)

    model.schedule_event(write, at=24.0)  # scheduled before the second dose is
    model.run_until(30)
    one.run_until(50)
    resumed = TumorImmuneModel.load(path)
    assert resumed.time == 24.0
    resumed.run_until(50)
    assert_same(one, resumed)


def test_an_hour_cannot_be_saved_half_way(tmp_path: Path) -> None:
    model = TumorImmuneModel("ldn-mouse", rng=1, **FLAT)
    model.add_process("save", lambda m: m.save(tmp_path / "run.npz"))
    with pytest.raises(CheckpointError, match="while an hour is being computed"):
        model.step()
    assert list(tmp_path.iterdir()) == []


def brake(model: TumorImmuneModel) -> None:
    """An own mechanism that draws from the model's generator."""
    model.tissue.tumor["pdl1"][:] = model.rng.uniform(0.0, 1.0, model.tissue.tumor.n)


def test_own_mechanisms_must_be_given_again(tmp_path: Path) -> None:
    """Catches a run that goes on without them; the order of the schedule counts too."""
    one = TumorImmuneModel("ldn-mouse", rng=1, **FLAT)
    one.add_process("brake", brake, after="drug")
    one.schedule.remove("priming")
    one.run_for(10)
    path = one.save(tmp_path / "run.npz")
    with pytest.raises(CheckpointError, match=r'own mechanisms.*"brake".*processes=\{"brake": function\}'):
        TumorImmuneModel.load(path)
    with pytest.raises(CheckpointError, match='no own mechanism "other"'):
        TumorImmuneModel.load(path, processes={"brake": brake, "other": brake})
    other = TumorImmuneModel.load(path, processes={"brake": brake})
    assert str(other.schedule) == str(one.schedule)
    one.run_for(20)
    other.run_for(20)
    assert_same(one, other)


def test_a_replaced_process_is_an_own_one(tmp_path: Path) -> None:
    model = TumorImmuneModel("ldn-mouse", rng=1, **FLAT)
    model.schedule["priming"].run = lambda tissue: None
    with pytest.raises(CheckpointError, match='"priming"'):
        TumorImmuneModel.load(model.save(tmp_path / "run.npz"))


def test_events_scheduled_by_hand_must_be_scheduled_again(tmp_path: Path) -> None:
    model = TumorImmuneModel("ldn-mouse", rng=1, **FLAT)

    def give_more() -> None:
        model.give_dose("0.1 mg/kg")

    def every_week() -> None:
        model.give_dose("0.1 mg/kg")

    model.schedule_event(give_more, at=30.0)
    model.schedule_recurring(every_week, Schedule(interval=168.0))
    path = model.save(tmp_path / "run.npz")
    with pytest.raises(CheckpointError, match='"give_more" at hour 30, "every_week" at hour 168'):
        TumorImmuneModel.load(path)
    assert TumorImmuneModel.load(path, drop_events=True).time == 0.0
    model.run_until(31)
    with pytest.raises(CheckpointError, match='waiting, "every_week" at hour 168, which'):
        TumorImmuneModel.load(model.save(path))


def test_own_columns_are_kept(tmp_path: Path) -> None:
    model = TumorImmuneModel("ldn-mouse", rng=1, **FLAT)
    model.tissue.tumor.add_column(Column("dose", "float64", 0.5, "Gy", "dose received", high=100.0))
    model.agents_by_type[TumorCell].set("dose", np.linspace(0, 70, model.tissue.tumor.n))
    model.run_for(12)
    other = TumorImmuneModel.load(model.save(tmp_path / "run.npz"))
    model.run_for(12)
    other.run_for(12)
    assert_same(model, other)
    assert other.tissue.tumor.declared["dose"].unit == "Gy"


def test_own_reporters_go_on_and_admit_the_gap(tmp_path: Path) -> None:
    reporters = {"model_reporters": {"cells": lambda m: len(m.agents)}, "agent_reporters": {"signal": "signal"}}
    model = TumorImmuneModel("ldn-mouse", rng=1, **reporters, **FLAT)
    model.run_for(3)
    other = TumorImmuneModel.load(model.save(tmp_path / "run.npz"), **reporters)
    model.run_for(2)
    other.run_for(2)
    before, after = (each.datacollector.get_model_vars_dataframe()["cells"].tolist() for each in (model, other))
    assert np.isnan(after[:4]).all()
    assert after[4:] == before[4:]
    assert sorted(set(other.datacollector.get_agent_vars_dataframe().index.get_level_values("Step"))) == [4.0, 5.0]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    model = TumorImmuneModel(
        "ldn-mouse", rng=1, **{**FLAT, "space.width": 16, "space.height": 16, "inoculum.tumor_cells": 20}
    )
    model.run_for(2)
    return model.save(tmp_path_factory.mktemp("whole") / "run.npz").read_bytes()


def refusal(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "run.npz"
    path.write_bytes(data)
    with pytest.raises(CheckpointError) as error:
        TumorImmuneModel.load(path)
    assert str(error.value).startswith(f"{path}: ")
    return str(error.value)


@pytest.mark.parametrize("at", [0.0, 0.001, 0.1, 0.37, 0.5, 0.9, 0.999, 1.0])
def test_a_flipped_bit_is_found_wherever_it_is(tmp_path: Path, whole: bytes, at: float) -> None:
    data = bytearray(whole)
    data[round(at * (len(data) - 1))] ^= 4
    assert "damaged" in refusal(tmp_path, bytes(data))


@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, whole: bytes, share: float) -> None:
    says = refusal(tmp_path, whole[: int(share * len(whole))])
    assert "cut off" in says
    assert "earlier checkpoint" in says
    assert "cut off" in refusal(tmp_path, whole + b"\n")


@pytest.mark.parametrize("data", [b"", b"name = 'control-mouse'\n", b"PK\x03\x04" + b"\0" * 200, os.urandom(4096)])
def test_a_foreign_file_is_refused(tmp_path: Path, data: bytes) -> None:
    says = refusal(tmp_path, data)
    assert "is empty" in says or "not a checkpoint of immune-sim" in says


def test_a_foreign_archive_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", a=np.arange(3))
    assert "not a checkpoint of immune-sim" in refusal(tmp_path, (tmp_path / "other.npz").read_bytes())


def rewritten(tmp_path: Path, whole: bytes, change: Callable[[dict[str, Any], dict[str, np.ndarray]], None]) -> bytes:
    """A sound file with another content."""
    (tmp_path / "whole.npz").write_bytes(whole)
    text, arrays = checkpoint.read(tmp_path / "whole.npz")
    change(text, arrays)
    with (tmp_path / "other.npz").open("x+b") as file:
        checkpoint._write(file, json.dumps(text).encode(), arrays)
    return (tmp_path / "other.npz").read_bytes()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text, _: text.update(format=2, version="9.0"), "9.0 in format 2.*Update immune-sim"),
        (lambda text, _: text.update(scenario_hash="0"), "other defaults.*Install version"),
        (lambda text, _: text.update(scenario=text["scenario"] + "\n[nk]\nkil_rate = 3\n"), "scenario cannot be read"),
        (lambda text, _: text.pop("seed"), "does not hold"),
        (lambda _, arrays: arrays.pop("tumor/signal"), "does not hold"),
        (lambda _, arrays: arrays.pop("outcome/births"), "does not hold"),
        (lambda _, arrays: arrays.update({"tumor/clone": arrays["tumor/clone"].astype(np.int64)}), "does not hold"),
    ],
)
def test_a_file_of_another_version_is_refused_with_the_version_to_take(
    tmp_path: Path, whole: bytes, change: Any, says: str
) -> None:
    import re

    assert re.search(says, refusal(tmp_path, rewritten(tmp_path, whole, change)), re.DOTALL)


def test_the_file_is_plain_arrays_and_json(tmp_path: Path, whole: bytes) -> None:
    """Another program can read it, and nothing in it can be executed."""
    with np.load(io.BytesIO(whole), allow_pickle=False) as archive:
        assert archive["tumor/cell_id"].dtype == np.int64
        text = json.loads(archive[checkpoint.TEXT].tobytes())
    assert (text["format"], text["seed"], text["time"]) == (1, 1, 2.0)
    assert 'name = "ldn-mouse"' in text["scenario"]
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert all(name.endswith(".npy") for name in archive.namelist())


def test_an_older_checkpoint_stays_whole_if_writing_fails(
    tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.npz"
    path.write_bytes(whole)
    model = TumorImmuneModel("ldn-mouse", rng=2, **FLAT)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"run.npz: .*No space left on device.*Choose a folder"):
        model.save(path)
    assert path.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    model = TumorImmuneModel("ldn-mouse", rng=2, **FLAT)
    for path in (tmp_path / "no" / "run.npz", tmp_path):
        with pytest.raises(OutputError, match="cannot be written"):
            model.save(path)
    with pytest.raises(CheckpointError, match="cannot be read"):
        TumorImmuneModel.load(tmp_path / "none.npz")


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_others_may_read_what_the_umask_lets_them(tmp_path: Path, whole: bytes) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    model = TumorImmuneModel("ldn-mouse", rng=2, **FLAT)
    assert stat.S_IMODE(model.save(tmp_path / "run.npz").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
