"""What the dashboard shows of a model: pictures, cards, curves, sliders, words; and that it needs no network."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from immune_sim.app import dashboard
from immune_sim.app.dashboard import cards, catalog, curves, looks, pictures
from immune_sim.app.dashboard.components.readout import figures
from immune_sim.app.dashboard.components.transport import speed_words
from immune_sim.app.dashboard.engine.figures import Reading
from immune_sim.app.dashboard.engine.showing import Frame
from immune_sim.app.dashboard.pictures import Picture, Slice
from immune_sim.app.dashboard.server import free_port
from immune_sim.app.dashboard.widgets.curve_plot import PLOTLY_FOLDER, CurvePlot
from immune_sim.app.dashboard.widgets.parameter_sheet import described
from immune_sim.app.dashboard.widgets.tissue_canvas import TissueCanvas
from immune_sim.app.dashboard.words import spoken
from immune_sim.core.errors import CellError
from immune_sim.mechanisms.links import LINKS
from immune_sim.model.layers import layer
from immune_sim.model.model import TumorImmuneModel
from immune_sim.model.outcomes import NAMES
from immune_sim.scenario import evidence
from immune_sim.scenario.registry import installed
from immune_sim.scenario.scenario import Scenario

HERE = Path(dashboard.__file__).parent


@pytest.fixture(scope="module")
def model() -> TumorImmuneModel:
    made = TumorImmuneModel("ldn-mouse", rng=5)
    made.run_for(6)
    return made


@pytest.mark.parametrize("name", list(looks.BY_NAME))
def test_every_code_of_a_picture_has_a_color_in_both_themes(model: TumorImmuneModel, name: str) -> None:
    """Catches a code that would be painted as nothing."""
    picture, key = pictures.picture(model, name, Slice()), looks.key(name)
    assert picture.codes.shape == model.tissue.lattice.shape
    assert picture.codes.dtype == np.uint8
    for theme in ("light", "dark"):
        assert all(
            re.fullmatch("#[0-9a-f]{6}", key["palette"][theme][code]) for code in np.unique(picture.codes) if code
        )
        assert len(key["palette"][theme]) == len(key["shapes"])
    assert all(key["shapes"][code] for code in np.unique(picture.codes) if code)
    if key["kind"] == "classes":
        assert {entry["code"] for entry in key["entries"]} >= set(np.flatnonzero(picture.tally))


def test_sites_of_the_picture_and_of_the_lattice_are_the_same_places(model: TumorImmuneModel) -> None:
    """Catches rows and columns that are swapped, or a guard border that shifts them by one."""
    codes = pictures.picture(model, "type", Slice()).codes
    for row in range(0, model.tissue.tumor.n, 17):
        flat = int(model.tissue.tumor["site"][row])
        site = pictures.picture_site(model, flat, Slice())
        assert pictures.flat_site(model, site, Slice()) == flat
        on_top = cards.cell_at(model.tissue, flat)
        assert on_top is not None
        assert codes.ravel()[site] == (
            model.tissue.tumor["state"][row] + 1 if on_top[0] == "tumor" else codes.ravel()[site]
        )
    assert pictures.flat_site(model, -1, Slice()) is None
    assert pictures.flat_site(model, codes.size, Slice()) is None


def test_sites_of_every_slice_of_a_solid_tissue_lead_back_to_themselves() -> None:
    """Catches axes that are mixed up; the extents differ so that they cannot be exchanged unseen."""
    solid = TumorImmuneModel("spheroid-3d", rng=1, **{"space.width": 20, "space.height": 24, "space.depth": 28})
    lattice = solid.tissue.lattice
    whole = layer(solid, "type").codes
    for axis in range(3):
        where = Slice(axis, 11)
        codes = pictures.picture(solid, "type", where).codes
        assert np.array_equal(codes, whole.take(11, axis))
        for site in range(0, codes.size, 41):
            flat = pictures.flat_site(solid, site, where)
            assert flat is not None
            assert lattice.coordinates(np.array([flat]))[0][axis] == 11
            assert pictures.picture_site(solid, flat, where) == site
            assert whole.ravel()[np.flatnonzero(lattice.interior == flat)[0]] == codes.ravel()[site]
    assert Slice(2, 99).fitted(lattice.shape) == Slice(2, 19)
    assert Slice(2, 99).fitted((50, 50)) == Slice()


def test_the_legend_counts_cells_that_hide_below_others(model: TumorImmuneModel) -> None:
    """An immune cell on a tumor cell hides it in the picture; the legend says how many there are all the same."""
    counts = pictures.picture(model, "type", Slice()).tally
    assert counts[1] + counts[2] == model.recorder.latest["tumor_cells"]
    assert counts[5] == model.recorder.latest["nk_cells"]


def test_a_card_reads_every_trait_and_says_when_the_cell_is_gone(model: TumorImmuneModel) -> None:
    cell = int(model.tissue.tumor["cell_id"][0])
    card, _ = cards.read_cell(model.tissue, "tumor", cell)
    names = {trait.name for trait in card.traits}
    assert {"Receptor level", "Signal", "MHC-I", "PD-L1", "Clone"} <= names
    with pytest.raises(CellError):
        cards.read_cell(model.tissue, "tumor", 10**12)


def test_the_tip_says_by_what_a_cell_is_colored(model: TumorImmuneModel) -> None:
    """Read in the tables by row. Catches a living cell that is given a cause of death, and numbers instead of words."""
    tumor, tissue = model.tissue.tumor, model.tissue
    free = [row for row in range(tumor.n) if tissue.lattice.immune_at[tumor["site"][row]] < 0]
    living = next(row for row in free if tumor["state"][row] < 2)
    dead = next(row for row in free if tumor["state"][row] >= 2 and tumor["cause"][row] == 3)
    at = {row: int(tumor["site"][row]) for row in (living, dead)}
    assert f"Clone {tumor['clone'][living]:,}" in pictures.tip(model, "clone", at[living])
    assert not any("Cause" in line for line in pictures.tip(model, "cause", at[living]))
    assert "Cause of death: NK cell" in pictures.tip(model, "cause", at[dead])
    killer = int(np.argmax(tissue.immune["kills"]))
    site = int(tissue.immune["site"][killer])
    assert f"Kills {tissue.immune['kills'][killer]}" in pictures.tip(model, "kills", site)
    assert any(line.startswith("Oxygen") for line in pictures.tip(model, "oxygen", site))


def test_curves_draw_declared_outcomes_and_extend_without_overlap(model: TumorImmuneModel) -> None:
    """Catches a curve of an outcome that was renamed, and points sent twice or left out."""
    assert {curve.outcome for curve in curves.CURVES} - {curves.MIXED, curves.BLOCKED} <= set(NAMES)
    columns = model.recorder.columns
    whole = curves.columns_since(columns, 0)
    first, rest = (
        curves.columns_since({name: column[:4] for name, column in columns.items()}, 0),
        curves.columns_since(columns, 4),
    )
    np.testing.assert_array_equal(np.concatenate([first[0], rest[0]]), whole[0])
    assert len(curves.traces()) == len(whole[1])


def test_a_plot_keeps_its_points_for_a_page_that_opens_later() -> None:
    plot = CurvePlot(traces=[{}, {}])
    sent: list[tuple[dict[str, object], int]] = []
    plot.send = lambda content, buffers: sent.append((content, len(buffers[0])))  # type: ignore[method-assign]
    plot.extend(np.arange(3.0), [np.zeros(3), np.ones(3)])
    assert sent == []  # nobody looks
    plot._received(None, {"kind": "ready"}, None)
    assert [(each["kind"], each["n"], size) for each, size in sent] == [("replace", 3, 3 * 3 * 4)]
    plot.extend(np.array([3.0]), [np.zeros(1), np.ones(1)])
    plot.extend(np.array([4.0]), [np.zeros(1), np.ones(1)])
    assert len(sent) == 1  # still drawing
    plot._received(None, {"kind": "drawn"}, None)
    assert [(sent[-1][0][name]) for name in ("kind", "start", "n")] == ["extend", 3, 2]


def test_a_picture_travels_compressed_and_whole() -> None:
    import zlib

    canvas = TissueCanvas()
    codes = np.zeros((200, 200), dtype=np.uint8)
    codes[80:120, 80:120] = 1
    tally = np.bincount(codes.ravel(), minlength=256)
    frame = Frame(Picture(codes, tally), 15.0, 7, np.array([[1, 2, 0]], dtype=np.int16), ((1, 2, "kill"),), 5.0)
    assert canvas.show(frame) == 1
    np.testing.assert_array_equal(np.frombuffer(canvas.tally, dtype=np.uint32), tally)
    assert np.frombuffer(canvas.track, dtype=np.int16).tolist() == [1, 2, 0]
    assert canvas.compressed
    assert len(canvas.frame) < 2000
    assert zlib.decompress(canvas.frame) == codes.tobytes()


def test_every_parameter_has_a_slider_or_a_field_that_holds_its_default() -> None:
    """Catches a declaration whose slider could not reach its own default."""
    shown = {
        each["address"]: each
        for group in described(installed().groups.values(), Scenario.default())
        for each in group["parameters"]
    }
    assert shown.keys() == installed().parameters.keys()
    for address, each in shown.items():
        if not each["bounded"]:
            continue
        declared = installed().parameters[address]
        place = ((float(declared.default) - each["low"]) / (each["high"] - each["low"])) ** (1.0 / each["power"])
        assert 0.0 <= place <= 1.0
        assert math.isclose(
            each["low"] + (each["high"] - each["low"]) * place ** each["power"],
            float(declared.default),
            rel_tol=1e-9,
            abs_tol=1e-12,
        )


def test_shipped_scenarios_are_listed_with_the_arms_first() -> None:
    names = [entry.name for entry in catalog.entries()]
    assert names[:3] == ["control-mouse", "ldn-mouse", "hdn-mouse"]
    assert len(names) >= 12
    assert catalog.usual_dose(Scenario.load("hdn-mouse")) == "10 mg/kg"


def test_evidence_covers_every_link_on_both_sides() -> None:
    """Catches a new link that would be shown without what speaks against it."""
    assert [each.link for each in evidence.LINK_EVIDENCE] == [link.name for link in LINKS]
    assert all(each.contradicts for each in evidence.LINK_EVIDENCE)
    for arm in evidence.ARMS:
        assert Scenario.load(arm.scenario).name


def test_figures_and_speeds_are_said_in_a_few_letters() -> None:
    shown = figures(Reading(hour=30.0, tumor_cells=1234, blockade=3.0, receptors=math.nan))
    assert 'data-hour="30"' in shown
    assert "Day 1" in shown
    assert "06:00" in shown
    assert "1,234" in shown
    assert "75" in shown
    assert [speed_words(pace) for pace in (1.0, 24.0, 48.0, math.inf)] == ["1 h/s", "1 day/s", "2 days/s", "fastest"]
    assert spoken("nk_kill_rate") == "NK kill rate"


def test_nothing_of_ours_names_another_machine() -> None:
    """Catches a font, script or picture that a classroom without internet would wait for."""
    sources = [path for path in HERE.rglob("*") if path.suffix in {".js", ".css", ".svg", ".html"}]
    assert len(sources) >= 5
    for path in sources:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text, path
    assert (PLOTLY_FOLDER / "plotly.min.js").is_file()


def test_a_taken_port_is_left_alone() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port
