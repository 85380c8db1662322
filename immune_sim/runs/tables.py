"""The time course of a run as files: Parquet with units and meanings, CSV for everything else, and back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from immune_sim.core.errors import OutputError
from immune_sim.core.outcomes import Outcome
from immune_sim.model.outcomes import OUTCOMES
from immune_sim.runs.files import write_atomically

Columns = Mapping[str, "np.ndarray[Any, Any]"]
PARQUET, CSV = "timecourse.parquet", "timecourse.csv"


def write_timecourse(folder: Path, columns: Columns) -> None:
    """Write the columns (n_hours,) as Parquet and CSV. A value that does not exist is nan there and empty here."""
    write_atomically(folder / PARQUET, as_parquet(columns))
    write_atomically(folder / CSV, as_csv(columns))


def as_parquet(columns: Columns) -> bytes:
    """The columns (n_hours,) as a Parquet file with units and meanings."""
    sink = io.BytesIO()
    pa.parquet.write_table(_table(columns), sink, compression="zstd")
    return sink.getvalue()


def as_csv(columns: Columns) -> bytes:
    """The columns (n_hours,) as a CSV file; a value that does not exist is empty."""
    return _as_csv(_table(columns))


def _table(columns: Columns) -> pa.Table:
    declared = {each.name: each for each in OUTCOMES}
    fields = [
        pa.field(name, pa.array(values).type, metadata=_meaning(declared.get(name))) for name, values in columns.items()
    ]
    return pa.table([pa.array(np.asarray(values)) for values in columns.values()], schema=pa.schema(fields))


def read_timecourse(folder: Path) -> dict[str, np.ndarray[Any, Any]]:
    """The columns of a stored run by name; raises OutputError where they cannot be read."""
    path = folder / PARQUET
    try:
        table = pa.parquet.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise OutputError(f"{path} cannot be read: {error}") from error
    return {name: table[name].to_numpy() for name in table.column_names}


def _meaning(outcome: Outcome | None) -> dict[str, str] | None:
    return None if outcome is None else {"unit": outcome.unit, "about": outcome.about}


def _as_csv(table: pa.Table) -> bytes:
    for i, name in enumerate(table.column_names):
        column = table[name]
        if pa.types.is_floating(column.type):
            missing = pc.is_nan(column)
            table = table.set_column(i, name, pc.if_else(missing, pa.scalar(None, column.type), column))
    sink = io.BytesIO()
    sink.write((",".join(table.column_names) + "\n").encode())
    pa.csv.write_csv(table, sink, pa.csv.WriteOptions(include_header=False, quoting_style="none"))
    return sink.getvalue()
