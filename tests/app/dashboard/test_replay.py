"""A run that is taken away comes back: as a scenario file where one can say it, as a code in any case."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import zlib

import numpy as np
import pytest

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.replay import Change, Run
from immune_sim.core.errors import ScenarioError
from immune_sim.model.model import TumorImmuneModel
from immune_sim.scenario.scenario import Scenario

SMALL = {"space.width": 40, "space.height": 40}
LINK = "links.tumor_proliferation"


def same(one: TumorImmuneModel, other: TumorImmuneModel) -> None:
    for name, column in one.recorder.columns.items():
        np.testing.assert_array_equal(column, other.recorder.columns[name], err_msg=name)


@pytest.fixture(scope="module")
def handled() -> tuple[TumorImmuneModel, Run]:
    """A small tissue with two doses by hand, one of them in the hour of a regular dose, and no other change."""
    run = Run("ldn-mouse", 3, 0, dict(SMALL))
    model = TumorImmuneModel(run.scenario, rng=run.seed)
    model.run_for(24)
    model.give_dose("0.3 mg/kg")
    model.run_for(5)
    model.give_dose(0.0123)
    model.run_for(7)
    return model, dataclasses.replace(run, hour=36, changes=replay.merged(model.interventions))


def test_a_saved_scenario_with_doses_by_hand_gives_the_same_run(handled: tuple[TumorImmuneModel, Run]) -> None:
    """Every outcome of every hour, bit for bit: catches a dose an hour late, in other units or in another order."""
    model, run = handled
    again = TumorImmuneModel(Scenario.from_text(replay.to_toml(run)), rng=run.seed)
    again.run_for(run.hour)
    same(model, again)


def test_a_code_plays_live_changes_again_bit_for_bit(handled: tuple[TumorImmuneModel, Run]) -> None:
    """Catches a change that is lost on the way, rounded, or used in another hour."""
    _, run = handled
    run = dataclasses.replace(run, changes=(*run.changes, Change(40.0, -1.1, LINK), Change(44.0, 0.004)), hour=50)
    first = TumorImmuneModel(run.scenario, rng=run.seed)
    run.play(first)
    assert replay.merged(first.interventions) == run.changes
    read = replay.read(replay.code(run))
    assert read == run
    again = TumorImmuneModel(read.scenario, rng=read.seed)
    read.play(again)
    same(first, again)


NIGHTLY = [{"dose": "0.2 mg/kg", "every": "24 h", "at": "22:00"}]
SIX_HOURLY = [{"dose": "1 mg", "every": "6 h", "on_days": 1, "off_days": 1}]


@pytest.mark.parametrize("name", ["ldn-mouse", "ldn-human"])
def test_a_run_with_changed_schedules_comes_back_as_code_and_as_file(name: str) -> None:
    """Bit for bit, among doses by hand in the same hours: catches a dose lost, doubled or added in another order."""
    run = Run(name, 3, 100, dict(SMALL))
    model = TumorImmuneModel(run.scenario, rng=run.seed)
    model.set_regimen(SIX_HOURLY)
    model.give_dose(0.5)
    model.run_for(30)
    model.give_dose(0.7)
    model.set_regimen(SIX_HOURLY)
    model.give_dose("0.3 mg/kg")
    model.set_regimen(NIGHTLY)
    model.run_for(40)
    model.set_regimen([{"infusion": "0.01 mg/kg/h"}])
    model.run_for(10)
    model.set_regimen(SIX_HOURLY)
    model.run_for(20)
    run = dataclasses.replace(run, changes=replay.merged(model.interventions))
    read = replay.read(replay.code(run))
    assert read == run
    replayed = TumorImmuneModel(read.scenario, rng=read.seed)
    read.play(replayed)
    same(model, replayed)
    told = replay.to_toml(run)
    assert "hour by hour" in told
    from_file = TumorImmuneModel(Scenario.from_text(told), rng=run.seed)
    from_file.run_for(run.hour)
    same(model, from_file)


def test_a_file_does_not_promise_what_a_scenario_cannot_say() -> None:
    """Catches a file that keeps silent about values changed on the way."""
    told = replay.to_toml(Run("control-mouse", 1, 30, {}, (Change(12.0, 0.5, LINK),)))
    assert "same run to hour 12" in told
    assert f"{LINK} = 0.5" in told
    assert Scenario.from_text(told).hash == Scenario.shipped("control-mouse").hash
    assert "hour by hour" in replay.to_toml(Run("control-mouse", 1, 30))


def test_of_a_slider_drawn_within_an_hour_the_last_value_stays() -> None:
    steps = [
        {"hour": 3.0, "parameter": LINK, "value": 0.1},
        {"hour": 3.0, "parameter": LINK, "value": 0.2},
        {"hour": 3.0, "dose_mg": 1.0},
        {"hour": 3.0, "parameter": LINK, "value": 0.3},
        {"hour": 4.0, "parameter": LINK, "value": 0.4},
    ]
    assert [each.value for each in replay.merged(steps)] == [0.2, 1.0, 0.3, 0.4]


def packed(content: object) -> str:
    letters = base64.urlsafe_b64encode(zlib.compress(json.dumps(content).encode())).decode().rstrip("=")
    told = f"{Scenario.shipped('control-mouse').hash} control-mouse.1.0{letters}"
    return f"control-mouse.1.0.{hashlib.sha256(told.encode()).hexdigest()[:6]}.{letters}"


def test_what_is_packed_here_is_a_code_but_for_its_content() -> None:
    """Without this the refusals below could all come from a wrong check."""
    assert replay.read(packed({"o": {}, "c": [[0.0, "", 1.0]]})).changes == (Change(0.0, 1.0),)


@pytest.mark.parametrize("run", [Run("ldn-mouse", 12, 230), Run("ldn-mouse", 12, 230, {}, (Change(12.0, 0.5, LINK),))])
def test_every_letter_of_a_code_is_checked(run: Run) -> None:
    """Catches a slip in seed or hour that opens another run without a word: codes are copied from a blackboard."""
    whole = replay.code(run)
    assert replay.read(whole) == run
    for at, letter in enumerate(whole):
        other = "7" if letter != "7" else "3"
        if letter != ".":
            with pytest.raises(ScenarioError):
                replay.read(whole[:at] + other + whole[at + 1 :])
    with pytest.raises(ScenarioError, match="do not fit"):
        replay.read(whole.replace(".230.", ".2301."))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "no-such-scenario.1.0.000000",
        "control-mouse.1.0.000000",  # another version, or a letter wrong
        "control-mouse.1.99999.000000",
        "../../etc/passwd.1.0.000000",
        "control-mouse.1.0.000000." + "A" * 20_000,
        packed({"o": {}, "c": [[5.0, "", 1.0], [2.0, "", 1.0]]}),  # backwards in time
        packed({"o": {"no.such": 1}, "c": []}),
        packed({"o": {}}),
        packed([1, 2]),
        packed("x" * 10_000_000),  # unpacks to far more than it may
    ],
)  # fmt: skip
def test_a_wrong_code_is_refused_in_words(text: str) -> None:
    """Catches a traceback on the page, a file that is read, and a bomb that is unpacked whole."""
    with pytest.raises(ScenarioError) as refused:
        replay.read(text)
    assert len(str(refused.value)) > 20
