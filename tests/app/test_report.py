"""The report: one file that needs nothing but itself."""

from __future__ import annotations

import html.parser
from pathlib import Path

import pytest
from plotly.offline import get_plotlyjs
from typer.testing import CliRunner

from immune_sim.app.cli import app
from immune_sim.app.report.markup import data, element, text
from immune_sim.app.report.tissue import chosen, nice
from immune_sim.scenario.evidence import LINK_EVIDENCE, NOTE

SMALL = ("--days", "1", "--set", "space.width=40", "--set", "space.height=40", "--set", "nk.kill_rate=0.2 1/h")
LOADING = {"src", "href", "action", "data", "poster", "srcset", "background"}


class Tags(html.parser.HTMLParser):
    """Collects tags with what they load, and checks that they are closed."""

    VOID = frozenset({"meta", "img", "br", "hr", "link", "input", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [value or "" for name, value in attrs if name in LOADING]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("report") / "run"
    answer = CliRunner().invoke(app, ["run", "ldn-mouse", *SMALL, "--out", str(folder)])
    assert answer.exit_code == 0, answer.output
    return (folder / "report.html").read_text(encoding="utf-8")


def test_nothing_is_loaded_from_anywhere(page: str) -> None:
    """Catches a script, style, font or picture from the network; all there is are pictures inside the page."""
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert tags.loads
    assert all(each.startswith("data:image/png;base64,") for each in tags.loads)
    ours = page.replace(get_plotlyjs(), "")
    assert "http://" not in ours
    assert "https://" not in ours
    assert "@import" not in ours


def test_plotly_is_there_once_and_every_id_too(page: str) -> None:
    """Catches a bundle for every figure, 5 MB each."""
    assert page.count(get_plotlyjs()) == 1
    tags = Tags()
    tags.feed(page)
    assert len(tags.ids) == len(set(tags.ids))


def test_the_calm_note_stands_there_once(page: str) -> None:
    assert page.count(str(text(NOTE))) == 1


def test_what_was_changed_and_every_link_is_told(page: str) -> None:
    assert "nk.<wbr>kill_<wbr>rate" in page
    for link in LINK_EVIDENCE:
        assert str(text(link.claim)) in page


def test_text_cannot_become_markup() -> None:
    assert text("<script>") == "&lt;script&gt;"
    assert element("p", text('"&'), title='"') == '<p title="&quot;">&quot;&amp;</p>'
    assert "</script>" not in data("x", '"</script>"').removesuffix("</script>")


@pytest.mark.parametrize(
    ("hours", "take"), [([0], None), ([0, 6], None), (list(range(0, 600, 24)), 250), (list(range(0, 600, 24)), 240)]
)
def test_pictures_are_from_start_to_end_and_hold_take(hours: list[int], take: int | None) -> None:
    shown = chosen(hours, take)
    assert shown == sorted(set(shown))
    assert (shown[0], shown[-1]) == (hours[0], hours[-1])
    assert len(shown) <= 5
    assert take not in hours or take in shown


@pytest.mark.parametrize(("length", "expected"), [(600.0, 500.0), (500.0, 500.0), (99.0, 50.0), (1999.0, 1000.0)])
def test_a_scale_bar_has_a_round_length(length: float, expected: float) -> None:
    assert nice(length) == expected
