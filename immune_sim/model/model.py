"""TumorImmuneModel: the tissue under a dosing regimen, as a Mesa model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import mesa
import numpy as np
from mesa.time import Priority
from mesa.time import Schedule as Recurrence
from mesa.time.events import EventGenerator

from immune_sim.core.cells import CellTable
from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.core.parallel import Threads
from immune_sim.mechanisms.endpoints import summarize
from immune_sim.model import checkpoint
from immune_sim.model.access import AgentAccess
from immune_sim.model.advance import Advance
from immune_sim.model.collector import OutcomeCollector
from immune_sim.model.parameters import Parameters
from immune_sim.model.recorder import Recorder
from immune_sim.model.run_scenario import RunScenario
from immune_sim.model.schedule import Entry, Schedule
from immune_sim.model.start import populate
from immune_sim.model.state import Tissue
from immune_sim.model.treatment import Treatment
from immune_sim.scenario.scenario import Scenario

LARGEST_SEED = 2**64 - 1
MOST_THREADS = 256


class TumorImmuneModel(Advance, Treatment, AgentAccess, mesa.Model):
    """Tumor cells, NK cells and cytotoxic T cells under an opioid-blockade schedule.

    scenario: name of a shipped one, path of a file, or a Scenario. rng: seed; the same seed gives the same bits for any
    number of threads. threads: how many to compute with. model_reporters, agent_reporters, agenttype_reporters: own
    ones beside the outcomes, as for mesa.DataCollector. overrides: parameters by address,
    ``TumorImmuneModel("ldn-mouse", rng=1, **{"nk.kill_rate": "0.2 1/h"})``.
    Raises ScenarioError, with every mistake found, before anything is computed.
    """

    _default_schedule: EventGenerator

    def __init__(
        self,
        scenario: str | Path | Scenario = "control-mouse",
        *,
        rng: Any = None,
        threads: int = 1,
        model_reporters: Mapping[str, Any] | None = None,
        agent_reporters: Mapping[str, Any] | None = None,
        agenttype_reporters: Mapping[type, Mapping[str, Any]] | None = None,
        **overrides: Any,
    ):
        if "seed" in overrides:  # what older Mesa models took
            raise ScenarioError(Problem("seed", "the seed is given as rng= here. Write rng=1, for example."))
        self._scenario_given = RunScenario.of(Scenario.load(scenario).with_overrides(overrides))
        rng = _checked_seed(rng)
        super().__init__(rng=rng)
        self.seed = rng if isinstance(rng, int) else int(self.rng.integers(2**63))
        self.threads = Threads(_checked_threads(threads))
        self.schedule = Schedule()
        self.recorder = Recorder()
        self.tissue = Tissue(Parameters.of(self._scenario_given), self.seed, self.threads)
        self.interventions: list[dict[str, Any]] = []
        self.datacollector = OutcomeCollector(self.recorder, model_reporters, agent_reporters, agenttype_reporters)
        populate(self.tissue)
        self._record()
        self._begin_regimen(0)

    @property
    def duration(self) -> float:
        """Length of the run in h that the scenario asks for."""
        return self.scenario.duration

    def step(self) -> None:
        """Compute one hour."""
        try:
            self.schedule.run_hour(self.tissue)
            self._record()
        except BaseException as error:  # a second Ctrl-C too
            self._break_off(round(self.time), error)
            raise

    def run_to_end(self) -> None:
        """Run until the scenario's duration, or until an endpoint stops the run."""
        while self.running and self.time < self.duration:
            self.run_for(1)

    run_model = run_to_end

    def _record(self) -> None:
        self.recorder.record(self.tissue)
        self.datacollector.collect(self)
        self.running = not self._ended()

    def _ended(self) -> bool:
        rules, burden = self.tissue.p.endpoints, self.recorder.latest["tumor_cells"]
        at_endpoint = rules.stop_at_endpoint and burden >= rules.endpoint_cells
        return bool(
            at_endpoint or (rules.stop_when_cleared and burden == 0 and self.recorder.columns["tumor_cells"][0] > 0)
        )

    def summary(self) -> dict[str, float]:
        """The endpoints of the run so far, see immune_sim.mechanisms.endpoints.ENDPOINTS."""
        columns = self.recorder.columns
        return summarize(self.tissue.p.endpoints, columns["hour"], columns["tumor_cells"])

    def set_parameter(self, address: str, value: Any) -> None:
        """Change a live parameter of the running model; raises ScenarioError if it is unknown, wrong or not live."""
        changed = self.scenario.with_overrides({address: value})
        declared = changed.registry.parameters.get(address)
        if declared is None or not declared.live:
            raise ScenarioError(Problem(address, "cannot change while a model runs. Start a new model with it."))
        self._scenario_given = RunScenario.of(changed)
        self.tissue.use(Parameters.of(changed))
        self.interventions.append({"hour": self.time, "parameter": address, "value": changed.values[address]})

    def add_process(
        self,
        name: str,
        run: Callable[[Self], Any],
        *,
        after: str | None = None,
        about: str = "added by the user",
        in_substeps: bool = False,
    ) -> Entry:
        """Add an own mechanism to the hour: a function of the model, called every hour after another entry or last.

        Raises ImmuneSimError if the name is taken or ``after`` is unknown; ``print(model.schedule)`` shows all entries.
        """
        return self.schedule.add(name, lambda _: run(self), after=after, about=about, in_substeps=in_substeps)

    def save(self, path: str | Path) -> Path:
        """Write a checkpoint from which ``load`` goes on bit for bit; see immune_sim.model.checkpoint."""
        return checkpoint.save(self, Path(path))

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        threads: int = 1,
        processes: Mapping[str, Callable[[Self], Any]] | None = None,
        drop_events: bool = False,
        **reporters: Any,
    ) -> Self:
        """The model that ``save`` wrote.

        processes: own mechanisms by the names they had in the schedule, which a file cannot hold. drop_events: go on
        without the events that were scheduled by hand. reporters: model_reporters and the like, as for a new model.
        Raises CheckpointError if the file is damaged, foreign or newer, or if something is missing to go on.
        """
        return checkpoint.load(
            cls, Path(path), threads=threads, processes=processes or {}, drop_events=drop_events, **reporters
        )

    def _resume_at(self, hour: float, doses_given: int) -> None:
        """Set the clock of a restored model and schedule what is still to come."""
        self._default_schedule.stop()
        self.time = hour
        self.steps = self.tissue.hour
        following = Recurrence(interval=1.0, start=self.tissue.hour + 1.0)
        self._default_schedule = EventGenerator(self, self._do_step, following, priority=Priority.HIGH).start()
        self._begin_regimen(doses_given)
        self.running = not self._ended()

    @property
    def tables(self) -> tuple[CellTable, CellTable]:
        """The tables of tumor cells and of immune cells."""
        return self.tissue.tumor, self.tissue.immune


def _checked_threads(given: object) -> int:
    if isinstance(given, int | np.integer) and not isinstance(given, bool) and 1 <= given <= MOST_THREADS:
        return int(given)
    raise ScenarioError(
        Problem("threads", f"{given!r} is not allowed. Give a whole number from 1 to {MOST_THREADS}, for example 2.")
    )


def _checked_seed(rng: Any) -> Any:
    if isinstance(rng, (str, float)) or (isinstance(rng, (int, np.integer)) and not 0 <= int(rng) <= LARGEST_SEED):
        raise ScenarioError(
            Problem("rng", f"{rng!r} is not allowed as a seed; give a whole number from 0 to {LARGEST_SEED}.")
        )
    return int(rng) if isinstance(rng, np.integer) else rng
