"""Accounts: input-output tables, regional accounts, balancing.

Names are those of Miller & Blair and of pymrio: `Z` flows, `Y` final demand, `x` gross output, `A`
technical coefficients, `L` Leontief inverse. Arrays of a table are memory of the program, lent
without a copy and read-only.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from . import _ironbelt
from .frames import Frame

if TYPE_CHECKING:
    import pymrio

__all__ = [
    "Accounts",
    "Table",
    "analyses",
    "cross_entropy",
    "formats",
    "least_squares",
    "ras",
]

Array = np.ndarray[Any, np.dtype[np.float64]]
Path_ = str | os.PathLike[str]


def formats() -> dict[str, str]:
    """Formats of other programs that `Table.read` knows, each with what it is."""
    return dict(_ironbelt.formats())


def analyses() -> dict[str, str]:
    """Analyses that `Table.analyse` knows, each with what it tells."""
    return dict(_ironbelt.analyses())


def _index(pairs: Sequence[tuple[str, str]], second: str) -> pd.MultiIndex:
    return pd.MultiIndex.from_tuples(pairs, names=["region", second])


def _pairs(index: pd.Index) -> list[tuple[str, str]]:
    if index.nlevels == 1:
        return [("", str(each)) for each in index]
    return [(str(each[0]), " ".join(str(part) for part in each[1:])) for each in index]


def _rows(index: pd.Index, unit: Any) -> list[tuple[str, str]]:
    """Names of rows, levels joined, with their units."""
    names = [
        " / ".join(str(part) for part in each) if isinstance(each, tuple) else str(each) for each in index
    ]
    if unit is None:
        return [(name, "") for name in names]
    units = [str(each) for each in np.asarray(unit.loc[index, "unit"]).ravel()]
    return list(zip(names, units, strict=True))


def _array(frame: Any) -> Array:
    return np.ascontiguousarray(frame, dtype=np.float64)


class Table:
    """An input-output table of one or many regions; nothing about it changes."""

    def __init__(self, native: _ironbelt.Table) -> None:
        self._table = native

    @classmethod
    def read(cls, format: str, path: Path_, sheet: str | None = None) -> Table:
        """Reads a file, folder or zip file in one of the `formats()`."""
        return cls(_ironbelt.Table.read(format, Path(path), sheet))

    @classmethod
    def from_frames(
        cls,
        Z: pd.DataFrame,
        Y: pd.DataFrame,
        value_added: pd.DataFrame | None = None,
        output: pd.Series[Any] | None = None,
        unit: str = "",
        name: str = "",
        extensions: Mapping[str, tuple[pd.DataFrame, pd.DataFrame | None, pd.DataFrame | None]] | None = None,
    ) -> Table:
        """A table of labelled frames; rows and columns of `Z` are industries (region, sector).

        Without `value_added` one row takes what output leaves after purchases. `extensions`: name → F,
        F_Y or None, units (a frame with a column `unit`) or None.
        """
        flows, demand = _array(Z), _array(Y)
        out = flows.sum(axis=1) + demand.sum(axis=1) if output is None else _array(output).ravel()
        if value_added is None:
            value_added = pd.DataFrame([out - flows.sum(axis=0)], index=["value added"], columns=Z.columns)
        beside = []
        for title, (by_industry, by_final_demand, units) in (extensions or {}).items():
            by_demand = None if by_final_demand is None else _array(by_final_demand)
            beside.append((title, _rows(by_industry.index, units), _array(by_industry), by_demand))
        native = _ironbelt.Table(
            name,
            unit,
            _pairs(Z.index),
            _pairs(Y.columns),
            _rows(value_added.index, None),
            flows,
            demand,
            _array(value_added),
            out,
            beside,
        )
        return cls(native)

    @classmethod
    def from_pymrio(cls, system: pymrio.IOSystem, value_added: str | None = "factor_inputs") -> Table:
        """A table of a system of pymrio; its extension `value_added`, where it has one, is value added."""
        beside: dict[str, tuple[pd.DataFrame, pd.DataFrame | None, pd.DataFrame | None]] = {}
        primary = None
        for key in system.get_extensions():
            each = getattr(system, key)
            if each.F is None:
                continue
            if key == value_added:
                primary = each.F
            else:
                beside[key] = (each.F, each.F_Y, each.unit)
        units = system.unit["unit"].unique() if system.unit is not None else []
        return cls.from_frames(
            system.Z,
            system.Y,
            primary,
            None if system.x is None else system.x["indout"],
            unit=str(units[0]) if len(units) == 1 else "",
            name=str(system.name or ""),
            extensions=beside,
        )

    def to_pymrio(self) -> pymrio.IOSystem:
        """A system of pymrio: Z, Y, x, and extensions, value added as `factor_inputs`."""
        import pymrio

        unit = pd.DataFrame({"unit": self.unit}, index=self.Z.index)
        primary = self.value_added
        x = pd.DataFrame({"indout": self.x})
        system = pymrio.IOSystem(Z=self.Z, Y=self.Y, x=x, unit=unit, name=self.name)
        of_inputs = pd.DataFrame({"unit": self.unit}, index=primary.index)
        system.factor_inputs = pymrio.Extension("factor_inputs", F=primary, unit=of_inputs)
        for name in self.extensions:
            by_industry, by_final_demand, units = self.extension(name)
            extension = pymrio.Extension(name, F=by_industry, F_Y=by_final_demand, unit=units)
            setattr(system, name.replace(" ", "_"), extension)
        return system

    def save(self, folder: Path_, cells: str = "csv") -> None:
        """Writes a folder that `read("folder", …)` and `ironbelt analyse` take; cells `csv` or `parquet`."""
        self._table.save(Path(folder), cells)

    def __repr__(self) -> str:
        regions = len({region for region, _ in self._table.industries})
        return f"<Table {self.name!r}: {len(self._table.industries)} industries in {regions} regions>"

    @property
    def name(self) -> str:
        """Name and year, as far as the source tells."""
        return self._table.name

    @property
    def unit(self) -> str:
        """Unit of money."""
        return self._table.unit

    @property
    def report(self) -> str:
        """What the reader saw: counts, units, what it left out."""
        return self._table.report

    @property
    def industries(self) -> pd.MultiIndex:
        """Region and sector of every industry."""
        return _index(self._table.industries, "sector")

    @property
    def categories(self) -> pd.MultiIndex:
        """Region and category of every column of final demand."""
        return _index(self._table.categories, "category")

    @property
    def Z(self) -> pd.DataFrame:
        """Intermediate flows, n × n."""
        return pd.DataFrame(self._table.flows, self.industries, self.industries, copy=False)

    @property
    def Y(self) -> pd.DataFrame:
        """Final demand, n × f."""
        return pd.DataFrame(self._table.final_demand, self.industries, self.categories, copy=False)

    @property
    def x(self) -> pd.Series[Any]:
        """Gross output, n."""
        return pd.Series(self._table.output, self.industries, name="output", copy=False)

    @property
    def value_added(self) -> pd.DataFrame:
        """Primary inputs, v × n."""
        names = pd.Index([name for name, _ in self._table.primary_inputs], name="input")
        return pd.DataFrame(self._table.value_added, names, self.industries, copy=False)

    @property
    def extensions(self) -> list[str]:
        """Names of the tables beside the money."""
        return self._table.extensions

    def extension(self, name: str) -> tuple[pd.DataFrame, pd.DataFrame | None, pd.DataFrame]:
        """F (k × n), F_Y (k × f) or None, and units of an extension."""
        rows, by_industry, by_demand = self._table.extension(name)
        index = pd.Index([row for row, _ in rows], name="stressor")
        units = pd.DataFrame({"unit": [unit for _, unit in rows]}, index=index)
        of_demand = None if by_demand is None else pd.DataFrame(by_demand, index, self.categories, copy=False)
        return pd.DataFrame(by_industry, index, self.industries, copy=False), of_demand, units

    @property
    def A(self) -> pd.DataFrame:
        """Technical coefficients, n × n."""
        return pd.DataFrame(self._table.technical_coefficients(), self.industries, self.industries)

    @property
    def B(self) -> pd.DataFrame:
        """Allocation coefficients of the supply-driven system, n × n."""
        return pd.DataFrame(self._table.allocation_coefficients(), self.industries, self.industries)

    @property
    def L(self) -> pd.DataFrame:
        """The whole Leontief inverse, n × n. `multipliers` and `gross_output` do without it."""
        return pd.DataFrame(self._table.leontief_inverse(), self.industries, self.industries)

    def gross_output(self, final_demand: pd.DataFrame | pd.Series[Any] | Array) -> pd.DataFrame:
        """Output that meets each column of final demand, n × k."""
        demand = _array(final_demand)
        columns = getattr(final_demand, "columns", None)
        found = self._table.gross_output(demand.reshape(len(demand), -1))
        return pd.DataFrame(found, self.industries, columns)

    def multipliers(self, direct: pd.DataFrame | pd.Series[Any] | Array) -> pd.DataFrame:
        """Multipliers of each row of direct coefficients (k × n): what a unit of final demand takes."""
        array = np.atleast_2d(_array(direct))
        rows = direct.index if isinstance(direct, pd.DataFrame) else None
        return pd.DataFrame(self._table.multipliers(array), rows, self.industries)

    def analyse(
        self,
        what: str,
        later: Table | None = None,
        *,
        income: Sequence[str] = (),
        households: Sequence[str] = (),
        investment: Sequence[str] = (),
        jobs: Sequence[str] = (),
    ) -> dict[str, pd.DataFrame]:
        """An analysis by name (see `analyses()`): title → table.

        `income`, `households`, `investment` and `jobs` are parts of names that take the place of the
        words by which rows and columns are recognised. Warnings are raised as `UserWarning`.
        """
        return {frame.title: frame.to_pandas() for frame in self.analyse_frames(
            what, later, income=income, households=households, investment=investment, jobs=jobs
        )}

    def analyse_frames(
        self,
        what: str,
        later: Table | None = None,
        *,
        income: Sequence[str] = (),
        households: Sequence[str] = (),
        investment: Sequence[str] = (),
        jobs: Sequence[str] = (),
    ) -> list[Frame]:
        """As `analyse`, as frames for any library."""
        import warnings

        sheets, notes = self._table.analyse(
            what,
            None if later is None else later._table,
            list(income),
            list(households),
            list(investment),
            list(jobs),
        )
        for note in notes:
            warnings.warn(note, stacklevel=3)
        frames = []
        for title, names, labels, columns, values in sheets:
            parts: dict[str, Any] = {
                name: [row[at] for row in labels] for at, name in enumerate(names)
            }
            parts |= {name: values[:, at] for at, (name, _) in enumerate(columns)}
            frames.append(Frame(parts, names, title, dict(columns)))
        return frames


class Accounts:
    """Accounts of all regions of a country: what a study stands on.

    `source` is "liaoning-2017" (ships with the program), a folder of tables, or a recipe (.toml).
    """

    def __init__(self, source: Path_ = "liaoning-2017") -> None:
        self._accounts = _ironbelt.Accounts(str(source))

    def __repr__(self) -> str:
        return (
            f"<Accounts {self.base_year}: {len(self.regions)} regions, {len(self.industries)} industries>"
        )

    @property
    def base_year(self) -> int:
        """Base year."""
        return self._accounts.base_year

    @property
    def regions(self) -> list[str]:
        """Regions."""
        return self._accounts.regions

    @property
    def industries(self) -> list[str]:
        """Industries."""
        return self._accounts.industries

    @property
    def tables(self) -> list[str]:
        """Names of the tables."""
        return self._accounts.tables

    def array(self, name: str) -> tuple[Array, dict[str, list[str]], str]:
        """Cells of a table (memory of the program, read-only), its axes with their labels, its unit."""
        axes, unit, cells = self._accounts.table(name)
        return cells, dict(axes), unit

    def table(self, name: str) -> pd.Series[Any]:
        """A table as a series with one index level an axis."""
        cells, axes, _ = self.array(name)
        index = pd.MultiIndex.from_product(list(axes.values()), names=list(axes))
        return pd.Series(cells.reshape(-1), index, name=name, copy=False)

    def identities(self) -> pd.DataFrame:
        """Every identity with its largest relative deviation and where that is."""
        found = self._accounts.identities()
        return pd.DataFrame(found, columns=["identity", "deviation", "at"]).set_index("identity")

    def input_output(self) -> Table:
        """The table of industries by industries of all regions."""
        return Table(self._accounts.input_output())

    def save(self, folder: Path_) -> None:
        """Writes a folder of tables; a study can name it as its accounts."""
        self._accounts.save(Path(folder))


def _like(prior: Any, found: Array) -> Any:
    if isinstance(prior, pd.DataFrame):
        return pd.DataFrame(found, prior.index, prior.columns)
    return found


def _totals(totals: Any) -> Array | None:
    return None if totals is None else _array(totals).ravel()


def ras(
    prior: pd.DataFrame | Array,
    rows: Any = None,
    columns: Any = None,
    *,
    tolerance: float | None = None,
    max_rounds: int | None = None,
) -> tuple[Any, dict[str, Any]]:
    """RAS, or GRAS where the prior has negative cells: the table and how it went.

    Without totals the prior is a social accounting matrix, and receipts are made equal to outlays.
    Totals that conflict raise `InputError` with the lines that conflict.
    """
    found, how = _ironbelt.ras(_array(prior), _totals(rows), _totals(columns), tolerance, max_rounds)
    return _like(prior, found), how


def cross_entropy(
    prior: pd.DataFrame | Array,
    standard_error: float = 0.05,
    *,
    tolerance: float | None = None,
    max_rounds: int | None = None,
) -> tuple[Any, dict[str, Any]]:
    """Cross-entropy of a social accounting matrix whose totals are known with a relative error."""
    found, how = _ironbelt.cross_entropy(_array(prior), standard_error, tolerance, max_rounds)
    return _like(prior, found), how


def least_squares(
    prior: pd.DataFrame | Array,
    totals: Any = None,
    *,
    tolerance: float | None = None,
    max_rounds: int | None = None,
) -> tuple[Any, dict[str, Any]]:
    """Weighted least squares of a social accounting matrix; NaN among `totals` is not known."""
    found, how = _ironbelt.least_squares(_array(prior), _totals(totals), tolerance, max_rounds)
    return _like(prior, found), how
