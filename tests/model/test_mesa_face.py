"""The model where Mesa's own tools expect one: clock, events, data collection, batch runs and the viewer."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.time import Schedule

from immune_sim.core.errors import BrokenHourError, CheckpointError, ImmuneSimError, ScenarioError
from immune_sim.model import TumorImmuneModel
from immune_sim.model.agents import NaturalKillerCell, TumorCell
from immune_sim.model.outcomes import NAMES
from immune_sim.scenario.scenario import Scenario

SMALL = {"space.width": 40, "space.height": 40, "inoculum.tumor_cells": 150}


def small(scenario: str | Scenario = "ldn-mouse", **more: Any) -> TumorImmuneModel:
    return TumorImmuneModel(scenario, rng=more.pop("rng", 1), **{**SMALL, **more})


def test_the_clock_counts_hours() -> None:
    model = small()
    assert isinstance(model, mesa.Model)
    model.step()
    model.run_for(24)
    model.run_until(30.5)
    assert (model.time, model.steps, model.tissue.hour, model.recorder.rows) == (30.5, 30, 30, 31)
    model.run_until(31)
    assert model.recorder.latest["hour"] == 31.0


def test_the_seed_of_older_mesa_models_is_refused_with_the_word_to_write() -> None:
    with pytest.raises(ScenarioError, match="the seed is given as rng= here"):
        small(seed=1)


def test_hours_are_the_same_however_they_are_asked_for() -> None:
    one, other = small(), small()
    for _ in range(26):
        one.step()
    other.run_for(10.5)
    other.run_until(26)
    assert one.recorder.table().equals(other.recorder.table())


def test_a_dose_by_hand_is_an_event() -> None:
    """A dose given at hour 3.5 is in the blood at hour 4, and not at hour 3."""
    model = small("control-mouse")

    def give() -> None:
        model.give_dose("0.1 mg/kg")

    model.schedule_event(give, at=3.5)
    model.run_for(6)
    levels = model.recorder.columns["drug_concentration"]
    assert levels[:4].tolist() == [0.0] * 4
    assert levels[4] > levels[6] > 0.0
    assert model.interventions == [{"hour": 3.5, "dose_mg": pytest.approx(0.002)}]


def test_recurring_doses_equal_the_regimen_that_says_the_same() -> None:
    model, regimen = small("control-mouse"), small("ldn-mouse")

    def give() -> None:
        model.give_dose("0.1 mg/kg")

    model.schedule_recurring(give, Schedule(interval=24.0, start=0.0))
    model.run_for(60)
    regimen.run_for(60)
    assert regimen.recorder.columns["blockade"].max() > 0.0
    assert model.recorder.table().equals(regimen.recorder.table())


@pytest.mark.parametrize("amount", ["4.5", "4.5 mgg", "a lot", -1.0, float("nan"), "4.5 h", None, [1]])
def test_an_amount_that_cannot_be_given_is_refused(amount: object) -> None:
    with pytest.raises(ScenarioError, match="dose"):
        small().give_dose(amount)  # type: ignore[arg-type]


@pytest.mark.parametrize("threads", ["x", None, 0, 1.5])
def test_a_number_of_threads_that_is_none_is_refused(threads: object) -> None:
    with pytest.raises(ScenarioError, match=r"threads: .* Give a whole number from 1"):
        TumorImmuneModel("control-mouse", rng=1, threads=threads)  # type: ignore[arg-type]


def test_live_parameters_change_and_others_do_not() -> None:
    model = small()
    model.set_parameter("nk.kill_rate", "0.3 1/h")
    assert (model.scenario.values["nk.kill_rate"], float(model.tissue.constants.nk[0])) == (0.3, pytest.approx(0.3))
    for address in ("space.width", "nk.kil_rate", "duration"):
        with pytest.raises(ScenarioError):
            model.set_parameter(address, 30)
    assert model.interventions == [{"hour": 0.0, "parameter": "nk.kill_rate", "value": 0.3}]


def test_the_models_scenario_is_the_scenario() -> None:
    model = small("ldn-mouse")
    given = Scenario.load("ldn-mouse").with_overrides(SMALL)
    assert model.scenario == given
    assert given == model.scenario
    assert model.scenario.hash == given.hash
    assert hash(model.scenario) == hash(given)
    assert model.scenario != given.with_overrides({"nk.kill_rate": 0.3})
    assert small(model.scenario).scenario == given


def test_the_data_collector_holds_outcomes_and_own_reporters() -> None:
    model = small(
        model_reporters={"doubled": lambda m: 2 * m.recorder.latest["tumor_cells"], "cells": lambda m: len(m.agents)},
        agent_reporters={"signal": "signal", "place": lambda cell: cell.position},
        agenttype_reporters={TumorCell: {"clone": "clone"}, NaturalKillerCell: {"kills": "kills"}},
    )
    model.run_for(3)
    collector = model.datacollector
    table = collector.get_model_vars_dataframe()
    assert [*NAMES, "doubled", "cells"] == list(table.columns)
    assert table["doubled"].tolist() == (2 * table["tumor_cells"]).tolist()
    assert list(collector.model_vars) == list(table.columns)
    assert collector.model_vars["tumor_cells"] == table["tumor_cells"].tolist()
    agents = collector.get_agent_vars_dataframe()
    last = agents.loc[3.0]
    assert last["signal"].tolist() == model.agents.get("signal").tolist()
    assert agents.groupby("Step").size().tolist() == table["cells"].tolist()
    clones = collector.get_agenttype_vars_dataframe(TumorCell).loc[3.0]
    assert clones["clone"].tolist() == model.agents_by_type[TumorCell].get("clone").tolist()
    assert len(collector.get_agenttype_vars_dataframe(NaturalKillerCell).loc[3.0]) == model.tissue.nk_cells


def test_batch_run_sweeps_scenarios_parameters_and_seeds() -> None:
    rows = mesa.batch_run(
        TumorImmuneModel,
        parameters={"scenario": ["control-mouse", "ldn-mouse"], "nk.kill_rate": [0.1, 0.3], **SMALL},
        rng=[1, 2],
        max_steps=12,
        display_progress=False,
    )
    assert len(rows) == 8
    assert {row["Step"] for row in rows} == {12.0}
    chosen = next(row for row in rows if (row["scenario"], row["nk.kill_rate"], row["rng"]) == ("ldn-mouse", 0.3, 2))
    alone = small("ldn-mouse", rng=2, **{"nk.kill_rate": 0.3})
    alone.run_for(12)
    assert {name: chosen[name] for name in NAMES} == pytest.approx(alone.recorder.latest, rel=0.0, abs=0.0, nan_ok=True)


def test_batch_run_gives_every_hour_and_every_cell_on_request() -> None:
    rows = mesa.batch_run(
        TumorImmuneModel, parameters=SMALL, rng=[3], max_steps=5, data_collection_period=1, display_progress=False
    )
    assert [row["Step"] for row in rows] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    alone = small("control-mouse", rng=3)
    alone.run_for(5)
    assert [row["tumor_cells"] for row in rows] == alone.recorder.columns["tumor_cells"].tolist()


def test_an_own_mechanism_runs_where_it_was_put() -> None:
    model, hours = small(), []
    model.add_process("listen", lambda m: hours.append((m.tissue.hour, m.time)), after="death", about="hears the hours")
    model.run_for(3)
    assert hours == [(0, 1.0), (1, 2.0), (2, 3.0)]
    names = [entry.name for entry in model.schedule]
    assert names[names.index("death") + 1] == "listen"
    assert "hears the hours" in str(model.schedule)
    with pytest.raises(ImmuneSimError, match="already"):
        model.add_process("listen", print)
    with pytest.raises(ImmuneSimError, match='Did you mean "death"'):
        model.add_process("other", print, after="deth")


def button(context: Any, label: str) -> Any:
    import ipyvuetify

    return next(each for each in context.find(ipyvuetify.Btn).widgets if label in str(each.children))


@pytest.mark.filterwarnings("default")  # of the viewer's libraries, which are not ours to mend
def test_after_an_hour_that_broke_off_nothing_goes_on_in_silence(tmp_path: Path) -> None:
    """Catches a clock that runs on without computing: Mesa drops the hours to come when one of them raises."""
    model = small()
    model.run_for(2)
    model.add_process("mine", lambda each: each.tissue.tumor["signall"].sum(), after="death")
    with pytest.raises(KeyError, match=r'no column "signall". They have: .*signal') as raised:
        model.run_for(1)
    assert 'the entry "mine"' in "".join(raised.value.__notes__)
    model.schedule.remove("mine")
    for go_on in (model.step, lambda: model.run_for(3), lambda: model.run_until(9), model.run_to_end):
        with pytest.raises(BrokenHourError, match="hour 3 broke off"):
            go_on()
    with pytest.raises(CheckpointError, match="hour 3 broke off"):
        model.save(tmp_path / "broken.npz")


def test_a_run_that_is_interrupted_by_keyboard_goes_on_as_if_it_had_not_been() -> None:
    """Ctrl-C in the middle of hour 3 of a notebook's cell: that hour is whole, and the next call computes hour 4."""

    def interrupt(each: TumorImmuneModel) -> None:
        if each.time == 3.0:
            signal.raise_signal(signal.SIGINT)

    model, undisturbed = small(), small()
    model.add_process("mine", interrupt, after="death")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            model.run_for(24)
        assert (model.time, model.recorder.rows) == (3.0, 4)
        model.run_until(24)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    undisturbed.run_for(24)
    assert model.recorder.table().equals(undisturbed.recorder.table())


@pytest.mark.parametrize("hours", ["24", "3 mg", "soon", -1, float("nan"), float("inf"), None, [1]])
def test_what_is_no_number_of_hours_is_refused(hours: Any) -> None:
    model = small()
    for go_on in (model.run_for, model.run_until):
        with pytest.raises(ScenarioError, match=r"run_(for|until)"):
            go_on(hours)
    assert model.time == 0.0


def test_durations_may_be_said_with_their_unit() -> None:
    model = small()
    model.run_for("6 h")
    model.run_until("0.5 d")
    assert (model.time, model.recorder.rows) == (12.0, 13)


def test_mesas_viewer_steps_and_resets_the_model() -> None:
    """On reset the chosen scenario and sliders count; catches a scenario that Mesa takes for one of its own."""
    import solara

    model = solara.reactive(small())
    from mesa.visualization import Slider, SolaraViz, make_plot_component

    params = {"scenario": "hdn-mouse", "rng": 5, "nk.kill_rate": Slider("NK kill rate", 0.2, 0.0, 1.0, 0.05), **SMALL}

    @solara.component
    def page() -> None:
        with solara.AppLayout():  # the controls are in its sidebar
            SolaraViz(model, components=[make_plot_component("tumor_cells")], model_params=params)

    _, context = solara.render(page(), handle_error=False)
    try:
        button(context, "Step").click()
        assert model.value.time == 1.0
        button(context, "Reset").click()
        assert model.value.time == 0.0
        assert (model.value.scenario.name, model.value.seed) == ("hdn-mouse", 5)
        assert model.value.scenario.values["nk.kill_rate"] == 0.2
        assert model.value.scenario.values["space.width"] == 40
    finally:
        context.close()


def test_importing_the_model_needs_no_viewer() -> None:
    code = """if True:
        import sys
        from immune_sim import TumorImmuneModel
        print(*sorted({'solara', 'altair', 'matplotlib', 'plotly'} & set(sys.modules)))
    """
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert answer.stdout.strip() == ""


def test_seeds_of_every_kind() -> None:
    for seed in (0, 2**64 - 1, np.int64(7)):
        assert small(rng=seed).seed == int(seed)
    assert small(rng=None).seed != small(rng=None).seed
    assert small(rng=np.random.default_rng(4)).seed == small(rng=np.random.default_rng(4)).seed
    for wrong in (-1, 2**64, "one", 1.5):
        with pytest.raises(ScenarioError, match="whole number"):
            small(rng=wrong)
