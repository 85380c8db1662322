"""The scenarios that come with the package: all there, read, honest about what they are."""

from __future__ import annotations

import pytest

from immune_sim.scenario.catalog import ORDER, Entry, shipped_scenarios
from immune_sim.scenario.dosing import DRUG
from immune_sim.scenario.scenario import Scenario

ENTRIES = shipped_scenarios()


def test_all_of_them_are_there_and_named_in_order() -> None:
    """Would catch a file that was lost, renamed or not entered in the order of the menus."""
    assert tuple(entry.name for entry in ENTRIES) == ORDER


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_each_reads_says_what_it_is_and_differs(entry: Entry) -> None:
    scenario = Scenario.shipped(entry.name)
    assert scenario.name == entry.name
    assert len(scenario.title) < 70
    assert 30 < len(scenario.about) < 200
    assert Scenario.from_text(scenario.to_toml()).hash == scenario.hash
    others = [Scenario.shipped(other.name).hash for other in ENTRIES if other is not entry]
    assert scenario.hash not in others


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_a_file_says_only_what_differs(entry: Entry) -> None:
    """A line that changes nothing misleads its reader; the switches of the arms that turn something off may repeat."""
    exempt = {"every-link-off", "axis-only", "nk-only"}
    if entry.name in exempt:
        return
    text = entry.path.read_text(encoding="utf-8").splitlines()
    whole = Scenario.from_text("\n".join(text)).hash
    for number, line in enumerate(text):
        if "=" in line and line.partition("=")[0].strip() not in (
            "title",
            "about",
            "extends",
            "duration",
            "drug",
            "dose",
            "every",
        ):
            without = "\n".join([*text[:number], *text[number + 1 :]])
            assert Scenario.from_text(without).hash != whole, line


def test_human_ones_are_called_hypothetical() -> None:
    """And those that resemble a case say that they show a geometry."""
    for entry in ENTRIES:
        scenario = Scenario.shipped(entry.name)
        if scenario.values["pharmacokinetics.body_mass"] > 1.0:
            assert "hypothetical" in f"{entry.title} {entry.about}".lower()
        if entry.name.endswith("-like"):
            assert "geometry" in entry.about
            assert "not calibrated to any patient" in entry.about


def test_the_arms_of_the_mouse_differ_in_the_dose_alone() -> None:
    control, low, high = (Scenario.shipped(name) for name in ("control-mouse", "ldn-mouse", "hdn-mouse"))
    assert control.values == low.values == high.values
    assert control.regimen == ()
    assert high.regimen[0].dose_mg == pytest.approx(100 * low.regimen[0].dose_mg)


@pytest.mark.parametrize(("name", "off"), [("axis-only", ("nk", "ctl")), ("nk-only", ("ctl",)), ("ctl-only", ("nk",))])
def test_immune_cells_are_off_where_they_should_be(name: str, off: tuple[str, ...]) -> None:
    """Would catch T cells that are primed although none is there at the start."""
    values = Scenario.shipped(name).values
    assert all(values[f"recruitment.{kind}_density"] == 0.0 for kind in off)
    assert ("ctl" in off) == (values["priming.priming_rate"] == 0.0)
    assert DRUG.default == "naltrexone"
