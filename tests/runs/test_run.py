"""One run: its end, its interruption, and that looking on changes nothing."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from immune_sim.core.errors import OutputError
from immune_sim.model.model import TumorImmuneModel
from immune_sim.runs.files import write_atomically
from immune_sim.runs.pictures import MOST, Album, FrameWriter, StoredPictures
from immune_sim.runs.run import Interruption, advance, interruption_by_keyboard
from immune_sim.runs.store import RunFolder

SMALL = {"space.width": 40, "space.height": 40, "inoculum.tumor_cells": 100, "endpoints.stop_when_cleared": False}


def small(**changes: object) -> TumorImmuneModel:
    return TumorImmuneModel("ldn-mouse", rng=1, **(SMALL | changes))


def test_a_run_ends_at_its_time_at_the_endpoint_or_when_cleared() -> None:
    assert advance(small(), 5).reason == "duration"
    assert advance(small(**{"endpoints.endpoint_cells": 1, "endpoints.detectable_cells": 1}), 5).reason == "endpoint"
    dying = {"death.death_rate": 1.0, "tumor.cycle_time": 10_000.0, "endpoints.stop_when_cleared": True}
    assert advance(small(**dying), 60).reason == "cleared"


def test_watchers_see_every_hour_and_change_nothing(tmp_path: Path) -> None:
    """Catches a watcher that draws, or writes into the tissue."""
    seen: list[float] = []
    alone, watched = small(), small()
    advance(alone, 12)
    advance(watched, 12, [Album(), FrameWriter(tmp_path, 3), lambda model: seen.append(model.time)])
    assert seen == list(range(13))
    for name, column in alone.recorder.columns.items():
        assert np.array_equal(column, watched.recorder.columns[name], equal_nan=True)


@pytest.fixture
def heeded() -> Iterator[None]:
    """Ctrl-C as a terminal knows it, also where the tests were started in the background and ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded")
def test_the_first_interruption_ends_the_run_after_the_hour_and_the_second_is_the_usual_one() -> None:
    before = signal.getsignal(signal.SIGINT)

    def press(model: TumorImmuneModel) -> None:
        if model.time == 3:
            os.kill(os.getpid(), signal.SIGINT)

    with interruption_by_keyboard() as asked:
        ending = advance(small(), 10, [press], asked)
        assert signal.getsignal(signal.SIGINT) is before
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert (ending.reason, ending.hours) == ("interrupted", 3)
    assert signal.getsignal(signal.SIGINT) is before


def test_other_threads_run_without_touching_signals() -> None:
    found: list[object] = []

    def work() -> None:
        with interruption_by_keyboard() as asked:
            found.append(asked)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert isinstance(found[0], Interruption)


def test_an_album_keeps_few_pictures_and_always_take_and_the_end(tmp_path: Path) -> None:
    """Catches an album that grows with the length of the run or loses what the report shows."""
    model, album = small(**{"endpoints.detectable_cells": 101, "endpoints.stop_at_endpoint": False}), Album(spacing=1)
    advance(model, 60, [album])
    album.save(tmp_path, model)
    kept = StoredPictures.read(tmp_path)
    assert len(album.pictures) <= MOST
    assert {0, 60} <= set(kept.of("type"))
    assert album.take is None or album.take in kept.of("type")
    assert kept.of("oxygen")[60].shape == (40, 40)


def test_a_folder_with_something_in_it_is_refused_and_an_empty_one_taken(tmp_path: Path) -> None:
    assert RunFolder.create(tmp_path).path == tmp_path
    (tmp_path / "notes.txt").write_text("mine")
    for taken in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(OutputError, match="never overwritten"):
            RunFolder.create(taken)


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    write_atomically(path, "old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="no space left"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_a_place_that_cannot_be_written_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="--out"):
        RunFolder.create(tmp_path / "file" / "below")
