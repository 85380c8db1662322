"""Sets of cells with the face of a Mesa AgentSet, which act on whole columns.

``model.agents.select(agent_type=TumorCell, where=lambda cells: cells["signal"] < 0.5).set("mhc", 0.2)`` makes no agent.
What takes a function of one agent still works, and costs a Python pass over views: each such method says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from mesa.agentset import GroupBy

from immune_sim.core.errors import CellError
from immune_sim.model import by_hand
from immune_sim.model.agents import CellAgent
from immune_sim.model.collection import CellCollection
from immune_sim.model.members import FAST

Where = np.ndarray | Callable[["CellSet"], np.ndarray]


class CellSet(CellCollection):
    """Some cells of a model, in an order. ``cells["signal"]`` is a column, ``cells[0]`` an agent."""

    def __getitem__(self, item: str | int | slice) -> Any:
        """A column by its name; an agent, or a list of agents, by place as in Mesa."""
        return self.get(item) if isinstance(item, str) else super().__getitem__(item)

    def select(
        self,
        filter_func: Callable[[CellAgent], bool] | None = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type | tuple[type, ...] | None = None,
        where: Where | None = None,
    ) -> CellSet:
        """The members that fulfil every condition, in their order.

        where: bool (n,) after agent_type was applied, or a function of the set that gives it. filter_func: of one
        agent, a Python pass. at_most: the first so many; a float up to 1 is a share of this set.
        """
        most = int(len(self) * at_most) if isinstance(at_most, float) and at_most <= 1.0 else at_most
        ids = self.ids if agent_type is None else self._members.of_type(agent_type)
        if where is not None:
            ids = ids[_marks(where, self._of(ids), len(ids))]
        if filter_func is not None:
            ids = np.array([cell.unique_id for cell in self._of(ids) if filter_func(cell)], dtype=np.int64)
        ids = ids if most >= len(ids) else ids[: int(most)]
        return self._keep(ids) if inplace else self._of(ids)

    def get(
        self,
        attr_names: str | list[str],
        handle_missing: Literal["error", "default"] = "error",
        default_value: Any = None,
    ) -> np.ndarray:
        """Values of the members: (n,) for one name, (n, k) for a list of k; where Mesa gives lists, these are arrays.

        Columns, unique_id, position and the names in words come without making an agent; other attributes are a Python
        pass. Raises CellError, also an AttributeError, if a member has none of that name, unless handle_missing is
        "default".
        """
        if handle_missing not in ("error", "default"):
            raise ValueError(f'handle_missing = {handle_missing!r} is not known. Write "error" or "default".')
        missing = (default_value,) if handle_missing == "default" else None
        if isinstance(attr_names, str):
            return self._one(attr_names, missing)
        columns = [self._one(name, missing) for name in attr_names]
        mixed = len({each.dtype.kind in "biuf" for each in columns}) > 1 or any(each.ndim > 1 for each in columns)
        if not mixed:
            return np.stack(columns, axis=1) if columns else np.empty((len(self), 0))
        out = np.empty((len(self), len(columns)), dtype=object)
        for k, values in enumerate(columns):
            out[:, k] = [*map(tuple, values.tolist())] if values.ndim > 1 else values.tolist()
        return out

    def _one(self, name: str, missing: tuple[Any] | None) -> np.ndarray:
        if name in FAST or self._members.declared(name) or not hasattr(CellAgent, name):
            return self._members.column(name, missing)
        return np.array([getattr(cell, name) for cell in self], dtype=object)

    def set(self, attr_name: str, value: Any) -> Self:
        """Write a column: one value for all, or an array (n,) in the order of the set.

        Raises CellError, and then writes nothing, if a member has no such column or a value does not fit.
        """
        self._members.write(attr_name, value)
        return self

    def agg(self, attribute: str, func: Callable[[Any], Any] | Iterable[Callable[[Any], Any]]) -> Any:
        """func, or each of several, of the values of an attribute; these are handed over in double precision."""
        values = self.get(attribute)
        wide = values.astype(np.float64) if values.dtype.kind == "f" else values
        quick: dict[Any, Callable[[Any], Any]] = (
            {sum: np.sum, min: np.min, max: np.max} if wide.dtype.kind in "iuf" else {}
        )
        if callable(func):
            return _plain(quick.get(func, func)(wide))
        return [_plain(quick.get(each, each)(wide)) for each in func]

    def groupby(
        self, by: str | Callable[[CellAgent], Any], result_type: Literal["agentset", "list"] = "agentset"
    ) -> CellGroups:
        """Members by the value of a column, or of a function of one agent (a Python pass), in the order of appearance.

        result_type: "agentset" for sets, "list" for lists of agents.
        """
        keys = self.get(by).tolist() if isinstance(by, str) else [by(cell) for cell in self]
        keys = [tuple(key) if isinstance(key, list) else key for key in keys]
        numbers: dict[Any, int] = {}
        member = np.fromiter((numbers.setdefault(key, len(numbers)) for key in keys), dtype=np.int64, count=len(keys))
        order = np.argsort(member, kind="stable")
        ends = np.cumsum(np.bincount(member, minlength=len(numbers)))
        parts = np.split(self.ids[order], ends[:-1]) if numbers else []
        groups = {key: self._of(ids) for key, ids in zip(numbers, parts, strict=True)}
        return CellGroups({key: list(cells) for key, cells in groups.items()} if result_type == "list" else groups)

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call a method by name, or a function of one agent, on every member that is still there: a Python pass.

        "remove" and "die" act on all at once.
        """
        if method == "remove":
            self._members.remove()
        elif method == "die" and not args and all(kind.code is None for kind in self._members.types_present()):
            by_hand.kill(self.model.tissue, self._members.tumor_rows())
        else:
            self.map(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Results of a method by name, or of a function of one agent, on every member still there: a Python pass."""
        return _call(self, method, args, kwargs)

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """As ``do``, in an order drawn from model.random: a Python pass."""
        _call(self.shuffle(), method, args, kwargs)
        return self

    def shuffle(self, inplace: bool = False) -> CellSet:
        """The members in an order drawn from model.random."""
        ids = self.ids.tolist()
        self.random.shuffle(ids)
        mixed = np.array(ids, dtype=np.int64)
        return self._keep(mixed) if inplace else self._of(mixed)

    def sort(self, key: str | Callable[[CellAgent], Any], ascending: bool = False, inplace: bool = False) -> CellSet:
        """Members sorted by a column, or by a function of one agent (a Python pass); equal ones keep their order."""
        values = self.get(key) if isinstance(key, str) else np.array([key(cell) for cell in self])
        order = (
            np.argsort(values, kind="stable")
            if ascending
            else len(values) - 1 - np.argsort(values[::-1], kind="stable")[::-1]
        )
        return self._keep(self.ids[order]) if inplace else self._of(self.ids[order])

    def columns(self, *names: str) -> dict[str, np.ndarray]:
        """Columns by name; without names all that every member has."""
        return {name: self.get(name) for name in (names or self._members.shared())}

    def to_dataframe(self, *names: str) -> pd.DataFrame:
        """The same as a DataFrame, one row a cell, with unique_id as index."""
        columns = {
            name: values if values.ndim == 1 else [*map(tuple, values.tolist())]
            for name, values in self.columns(*names).items()
        }
        return pd.DataFrame(columns, index=pd.Index(self.ids, name="unique_id"))


class CellGroups(GroupBy):
    """Groups of cells by key. ``count``, ``map`` and ``do`` are Mesa's; ``agg`` acts on columns."""

    def agg(self, attr_name: str, func: Callable[[Any], Any]) -> dict[Any, Any]:
        """Func of the values of an attribute, by group."""
        if all(isinstance(group, CellSet) for group in self.groups.values()):
            return {key: group.agg(attr_name, func) for key, group in self.groups.items()}
        return dict(super().agg(attr_name, func))

    def apply(self, method: Callable[..., Any] | str, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        """The result of a function of a group, or of a method by name, by group; another name for ``map``."""
        return dict(self.map(method, *args, **kwargs))


def _call(cells: CellSet, method: str | Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """Results for the members that are still there when their turn comes."""
    there = (cell for cell in cells.to_list() if cell.is_there)
    if isinstance(method, str):
        return [getattr(cell, method)(*args, **kwargs) for cell in there]
    return [method(cell, *args, **kwargs) for cell in there]


def _marks(where: Where, cells: CellSet, n: int) -> np.ndarray:
    marks = np.asarray(where(cells) if callable(where) else where)
    if marks.shape != (n,) or marks.dtype != np.bool_:
        raise CellError(
            f"where is an array of {marks.dtype} and shape {marks.shape}; {n} times true or false is wanted, "
            'for example lambda cells: cells["signal"] < 0.5.'
        )
    return marks


def _plain(value: Any) -> Any:
    """A NumPy number as Python's."""
    return value.item() if isinstance(value, np.generic) else value
