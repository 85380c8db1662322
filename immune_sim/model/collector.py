"""Mesa's data collector over the recorder: every outcome is a model reporter without being collected a second time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mesa.datacollection import DataCollector

from immune_sim.model.outcomes import NAMES
from immune_sim.model.recorder import Recorder


class OutcomeCollector(DataCollector):
    """A DataCollector whose model reporters are the declared outcomes, followed by the user's own.

    model_reporters, agent_reporters, agenttype_reporters: as in Mesa, collected every hour in addition. Reporters on
    agents make one view per cell and hour; on large tissues prefer a model reporter on columns.
    """

    def __init__(
        self,
        recorder: Recorder,
        model_reporters: Mapping[str, Any] | None = None,
        agent_reporters: Mapping[str, Any] | None = None,
        agenttype_reporters: Mapping[type, Mapping[str, Any]] | None = None,
    ):
        self._recorder = recorder
        self._own: dict[str, list[Any]] = {}
        self._cached: tuple[int, dict[str, list[Any]]] = (-1, {})
        super().__init__(model_reporters=dict(model_reporters or {}), agent_reporters=agent_reporters, agenttype_reporters=agenttype_reporters)
        self._collection_steps: list[float] = []

    @property
    def model_vars(self) -> dict[str, list[Any]]:
        """Values by reporter, one an hour."""
        if self._cached[0] != self._recorder.rows:
            columns = self._recorder.columns
            self._cached = (self._recorder.rows, {name: columns[name].tolist() for name in NAMES})
        return _Joined(self._cached[1], self._own)

    @model_vars.setter
    def model_vars(self, values: dict[str, list[Any]]) -> None:
        self._own = values

    def collect(self, model: Any) -> None:
        """Collect the user's own reporters; the outcomes are recorded already."""
        super().collect(model)
        if not self.model_reporters:
            self._collection_steps.append(model.time)

    def get_model_vars_dataframe(self) -> Any:
        """All outcomes and own model reporters as a DataFrame, one row an hour."""
        table = self._recorder.table()
        for name, values in self._own.items():
            table[name] = values
        return table


class _Joined(dict[str, list[Any]]):
    """Outcomes and own reporters as one mapping; a list that Mesa appends to is the own one."""

    def __init__(self, outcomes: dict[str, list[Any]], own: dict[str, list[Any]]):
        super().__init__({**outcomes, **own})
        self._own = own

    def __setitem__(self, name: str, values: list[Any]) -> None:
        super().__setitem__(name, values)
        self._own[name] = values
