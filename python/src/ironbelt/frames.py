"""Tables of results, for pandas, polars or pyarrow.

A `Frame` is columns of equal length with a title and units. It copies nothing until it is asked for
a table of one of those libraries, and numbers are lent to them where they allow it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["Frame"]

Column = Sequence[Any] | np.ndarray[Any, Any]


class Frame:
    """Columns of equal length; `labels` of them are what rows are called, the others are figures."""

    def __init__(
        self,
        columns: Mapping[str, Column],
        labels: Sequence[str] = (),
        title: str = "",
        units: Mapping[str, str] | None = None,
    ) -> None:
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns of different length: {lengths}")
        self._columns = dict(columns)
        self.labels = tuple(labels)
        self.title = title
        self.units = dict(units or {})

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(self._columns)

    def __len__(self) -> int:
        return len(next(iter(self._columns.values()), ()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        return np.asarray(self._columns[name])

    def __repr__(self) -> str:
        return f"<Frame {self.title!r}: {len(self)} rows, {', '.join(self.columns)}>"

    def to_pandas(self, index: bool = True) -> pandas.DataFrame:
        """A DataFrame; labels become its index unless `index` is false."""
        import pandas

        frame = pandas.DataFrame(self._columns, copy=False)
        if index and self.labels and len(self.labels) < len(self._columns):
            frame = frame.set_index(list(self.labels))
        frame.attrs = {"title": self.title, "units": self.units}
        return frame

    def to_polars(self) -> polars.DataFrame:
        """A DataFrame of polars."""
        import polars

        return polars.DataFrame(self._columns)

    def to_arrow(self) -> pyarrow.Table:
        """A Table of pyarrow; title and units are in its metadata."""
        import pyarrow

        table = pyarrow.table({name: pyarrow.array(column) for name, column in self._columns.items()})
        notes = {"title": self.title, **{f"unit of {name}": unit for name, unit in self.units.items()}}
        return table.replace_schema_metadata(notes)


def of_records(records: Sequence[Mapping[str, Any]], labels: Sequence[str] = (), title: str = "") -> Frame:
    """A frame of dictionaries with the same keys."""
    names: list[str] = list(records[0]) if records else []
    return Frame({name: [each.get(name) for each in records] for name in names}, labels, title)
