"""General equilibrium models of one's own: nested CES blocks, solved with complementarity.

>>> import ironbelt as ib
>>> model = ib.Model({
...     "format": "ge-case/1", "name": "one", "sectors": ["X"], "commodities": ["PX", "PL"],
...     "consumers": ["RA"],
...     "production": [{"sector": "X", "output": {"commodity": "PX", "quantity": 1},
...                     "input": {"commodity": "PL", "quantity": 1}}],
...     "demands": [{"consumer": "RA", "preferences": {"commodity": "PX", "quantity": 1},
...                  "endowments": [{"commodity": "PL", "quantity": 2}]}],
... })
>>> round(model.solve().values["X"], 9)
2.0
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import _ironbelt
from .errors import Finding, SolveError
from .frames import Column, Frame

__all__ = ["Gradient", "Model", "Solution"]

_SYNTAX = {".toml": "toml", ".gms": "mpsge", ".mps": "mpsge", ".mpsge": "mpsge"}


@dataclass(frozen=True)
class Gradient:
    """Derivatives of an indicator by every parameter and every endowment, at a solution."""

    indicator: str
    value: float
    parameters: dict[str, float]
    endowments: list[dict[str, Any]]

    def frame(self) -> Frame:
        """One row a parameter or endowment."""
        kinds = ["parameter"] * len(self.parameters) + ["endowment"] * len(self.endowments)
        names = [*self.parameters, *(f"{e['commodity']} of {e['consumer']}" for e in self.endowments)]
        slopes = [*self.parameters.values(), *(e["derivative"] for e in self.endowments)]
        columns: dict[str, Column] = {"kind": kinds, "name": names, "derivative": slopes}
        return Frame(columns, ("kind", "name"), f"d({self.indicator})")


@dataclass(frozen=True)
class Solution:
    """A solved scenario. `certificate` holds violations recomputed by code apart from the solver."""

    scenario: str
    status: str
    values: dict[str, float]
    reports: dict[str, float]
    slack: dict[str, float]
    certificate: dict[str, float]
    work: dict[str, int]
    undetermined: list[str] = field(default_factory=list)
    numeraire: str | None = None

    def __getitem__(self, name: str) -> float:
        return self.values[name] if name in self.values else self.reports[name]

    def frame(self) -> Frame:
        """One row a variable."""
        columns: dict[str, Column] = {
            "variable": list(self.values),
            "value": list(self.values.values()),
        }
        return Frame(columns, ("variable",), self.scenario)


class Model:
    """A model, read and checked.

    `source` is a dictionary in the format `ge-case/1` (docs/general.md), the path of a file (.json,
    .toml, .gms), or with `syntax` ("json", "toml", "mpsge") its text.
    """

    def __init__(
        self,
        source: Mapping[str, Any] | str | os.PathLike[str],
        syntax: str | None = None,
    ) -> None:
        if isinstance(source, Mapping):
            name, text, syntax = "model", json.dumps(source), "json"
        elif syntax is not None:
            name, text = "model", str(source)
        else:
            path = Path(source)
            name, text = str(path), path.read_text(encoding="utf-8")
            syntax = _SYNTAX.get(path.suffix.lower(), "json")
        self._model = _ironbelt.Model(name, text, syntax)

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._model.name

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios."""
        return self._model.scenarios

    @property
    def variables(self) -> list[str]:
        """Names of the variables."""
        return self._model.variables

    @property
    def warnings(self) -> list[Finding]:
        """Warnings of the reader."""
        return [Finding(**each) for each in self._model.warnings]

    def __repr__(self) -> str:
        return f"<Model {self.name!r}: {len(self.variables)} variables, {len(self.scenarios)} scenarios>"

    def solve(self, scenario: str | None = None) -> Solution:
        """Solves a scenario, the first one without a name.

        Raises `SolveError` when there is no solution; its `diagnosis` says how it ended and where.
        """
        told = json.loads(self._model.solve(scenario))
        if told["status"] != "solved":
            error = SolveError(f"{told['name']}: {told['diagnosis']['message']}")
            error.status, error.diagnosis = told["status"], told["diagnosis"]  # type: ignore[attr-defined]
            raise error
        return Solution(
            scenario=told["name"],
            status=told["status"],
            values=told["values"],
            reports=told["reports"],
            slack=told["slack"],
            certificate=told["certificate"],
            work=told["work"],
            undetermined=told.get("undetermined", []),
            numeraire=told.get("numeraire"),
        )

    def solve_all(self) -> dict[str, Solution]:
        """Solutions of all scenarios by name."""
        return {name: self.solve(name) for name in self.scenarios}

    def gradient(self, indicator: str, scenario: str | None = None) -> Gradient:
        """Derivatives of an indicator (a variable, `welfare(RA)`, `dem(RA,PX)`, …) by one adjoint solve."""
        told = json.loads(self._model.gradient(indicator, scenario))
        return Gradient(told["indicator"], told["value"], told["parameters"], told["endowments"])

    def check(self, scenario: str | None = None) -> dict[str, Any]:
        """The start of a scenario: residuals by name, flow table, Walras' law, homogeneity."""
        checked: dict[str, Any] = json.loads(self._model.check(scenario))
        return checked

    def explain(self, condition: str, scenario: str | None = None) -> str:
        """The algebra of a condition ("market of PL", "X") with its numbers at the solution."""
        return self._model.explain(condition, scenario)
