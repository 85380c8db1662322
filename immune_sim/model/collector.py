"""Mesa's data collector over the recorder: every outcome is a model reporter without being collected a second time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

import pandas as pd
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
        super().__init__(
            model_reporters=dict(model_reporters or {}),
            agent_reporters=agent_reporters,
            agenttype_reporters=agenttype_reporters,
        )
        self._collection_steps: list[float] = []

    @property
    def model_vars(self) -> MutableMapping[str, list[Any]]:
        """Values by reporter, one an hour."""
        return _Joined(self)

    @model_vars.setter
    def model_vars(self, values: dict[str, list[Any]]) -> None:
        self._own = values

    def outcomes(self) -> dict[str, list[Any]]:
        """The recorded outcomes as lists, made anew when an hour was added."""
        if self._cached[0] != self._recorder.rows:
            self._cached = (
                self._recorder.rows,
                {name: column.tolist() for name, column in self._recorder.columns.items()},
            )
        return self._cached[1]

    def collect(self, model: Any) -> None:
        """Collect the user's own reporters; the outcomes are recorded already."""
        super().collect(model)
        if not self.model_reporters:
            self._collection_steps.append(model.time)

    def resume(self) -> None:
        """Go on from a recorder that was restored; what own reporters saw before is not known any more."""
        self._cached = (-1, {})
        self._collection_steps = self._recorder.columns["hour"].tolist()
        self._own = {name: [None] * self._recorder.rows for name in self._own}
        self._agent_records.clear()
        self._agenttype_records.clear()

    def get_model_vars_dataframe(self) -> pd.DataFrame:
        """All outcomes and own model reporters as a DataFrame, one row an hour."""
        return pd.DataFrame({name: column.copy() for name, column in self._recorder.columns.items()} | self._own)


class _Joined(MutableMapping[str, list[Any]]):
    """Outcomes and own reporters as one mapping; own ones are what Mesa writes, outcomes are made only when read."""

    def __init__(self, collector: OutcomeCollector):
        self._collector = collector

    def __getitem__(self, name: str) -> list[Any]:
        own = self._collector._own
        return own[name] if name in own else self._collector.outcomes()[name]

    def __setitem__(self, name: str, values: list[Any]) -> None:
        self._collector._own[name] = values

    def __delitem__(self, name: str) -> None:
        del self._collector._own[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*NAMES, *self._collector._own)))

    def __len__(self) -> int:
        return len({*NAMES, *self._collector._own})
