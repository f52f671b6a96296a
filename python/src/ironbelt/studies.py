"""Studies: a regional programme in a text file, its levers changed, run, and its results as tables.

>>> import ironbelt as ib
>>> study = ib.Study.liaoning()
>>> cheaper = study.change("BMW battery plant, phase 2", amount="900 million CNY")
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from . import _ironbelt
from .errors import Finding, InputError
from .frames import Frame, of_records

if TYPE_CHECKING:
    import matplotlib.axes

    from .ensembles import Ensemble

__all__ = ["Mix", "Results", "Sensitivity", "Study"]


def _literal(value: Any) -> str:
    """A value as a TOML literal."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_literal(each)}" for key, each in value.items()) + " }"
    if isinstance(value, Iterable):
        return "[" + ", ".join(_literal(each) for each in value) + "]"
    return repr(float(value)) if isinstance(value, float) else str(value)


class Study:
    """A study file that was read with everything beside it, and is without errors.

    A study does not change: `change`, `without`, `copy` and `parameter` give another one. Comments of
    the file stay.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        text: str | None = None,
        name: str = "study.toml",
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        if path is not None:
            place = Path(path)
            self._study = _ironbelt.Study(str(place), place.read_text(encoding="utf-8"), place.parent)
        elif text is not None:
            kept = None if files is None else dict(files)
            self._study = _ironbelt.Study(name, text, Path(), kept)
        else:
            self._study = _ironbelt.Study(*_ironbelt.shipped_study())

    @classmethod
    def liaoning(cls) -> Study:
        """The study that ships with the program: Liaoning's opening-up programme of 2018."""
        return cls()

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (self.name, self.text, self.files))

    def __repr__(self) -> str:
        return f"<Study {self.title!r}: {len(self.levers)} levers, {self.years[0]}–{self.years[-1]}>"

    @property
    def name(self) -> str:
        """How messages name the file."""
        return self._study.name

    @property
    def text(self) -> str:
        """The study file."""
        return self._study.text

    @property
    def files(self) -> dict[str, bytes]:
        """Files beside it that were read: accounts, projects, observations."""
        return self._study.files

    @property
    def title(self) -> str:
        """Title."""
        return self._study.title

    @property
    def years(self) -> list[int]:
        """Years of the path, the base year first."""
        return self._study.years

    @property
    def home(self) -> str:
        """Name of the province."""
        return self._study.home

    @property
    def regions(self) -> list[str]:
        """Regions of the accounts."""
        return self._study.regions

    @property
    def industries(self) -> list[str]:
        """Industries of the accounts."""
        return self._study.industries

    @property
    def warnings(self) -> list[Finding]:
        """Warnings of the reader."""
        return [Finding(**each) for each in self._study.warnings]

    @cached_property
    def _blocks(self) -> list[dict[str, Any]]:
        blocks: list[dict[str, Any]] = json.loads(self._study.blocks())
        return blocks

    @property
    def levers(self) -> dict[str, dict[str, str]]:
        """Levers of the file by name: kind, and every field as it is written."""
        return {
            block["name"]: {"kind": block["kind"]}
            | {field["key"]: field["literal"] for field in block["fields"]}
            for block in self._blocks
        }

    @property
    def descriptions(self) -> pd.DataFrame:
        """Every lever in one sentence with its numbers, and its source."""
        return of_records(json.loads(self._study.levers()), ("name",)).to_pandas()

    @property
    def parameters(self) -> pd.DataFrame:
        """Parameters and assumptions with unit, source and status."""
        return of_records(json.loads(self._study.parameters()), ("name",)).to_pandas()

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Writes the study file and what lies beside it into a folder; gives the path of the file."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(content)
        path = place / Path(self.name).name
        path.write_text(self.text, encoding="utf-8")
        return path

    def _position(self, lever: str) -> int:
        names = [block["name"] for block in self._blocks]
        if lever not in names:
            message = f"the study has no lever `{lever}`"
            help_ = "levers are " + ", ".join(f"`{each}`" for each in names)
            raise InputError([Finding("E2102", "error", message, help=help_)])
        return names.index(lever)

    def _edited(self, *changes: Mapping[str, Any]) -> Study:
        study = self
        text = self.text
        for change in changes:
            text = study._study.edited(json.dumps(change))
            if change is not changes[-1]:
                study = Study(text=text, name=self.name, files=self.files)
        return Study(text=text, name=self.name, files=self.files)

    def change(self, lever: str, **fields: Any) -> Study:
        """The study with other values in fields of a lever; None takes a field out."""
        at = self._position(lever)
        changes = [
            {"do": "unset", "lever": at, "key": key}
            if value is None
            else {"do": "set", "lever": at, "key": key, "literal": _literal(value)}
            for key, value in fields.items()
        ]
        return self._edited(*changes) if changes else self

    def without(self, *levers: str) -> Study:
        """The study without some levers."""
        study = self
        for lever in levers:
            study = study._edited({"do": "remove", "lever": study._position(lever)})
        return study

    def copy(self, lever: str, name: str, **fields: Any) -> Study:
        """The study with a lever once more under another name, with other values in its fields."""
        copied = self._edited({"do": "copy", "lever": self._position(lever), "name": name})
        return copied.change(name, **fields)

    def parameter(self, name: str, value: float, source: str = "set in Python", status: str = "assumption") -> Study:
        """The study with another value of a parameter."""
        literal = _literal({"value": value, "source": source, "status": status})
        return self._edited({"do": "parameter", "name": name, "literal": literal})

    def run(self, contributions: str = "path-integral", *, implied: bool = False) -> Results:
        """Runs the study: baseline, policy, what each lever contributes.

        `contributions` is "path-integral", "shapley" or "alone" (docs/contributions.md). With
        `implied` figures that the model implies are measured too. Raises `SolveError` when a year
        does not solve.
        """
        return Results(self._study.run(contributions, implied))

    def sensitivity(
        self,
        indicator: str,
        *,
        region: str | None = None,
        industry: str | None = None,
        year: int | None = None,
        of: str = "policy",
    ) -> Sensitivity:
        """What a number depends on: derivatives by every parameter, growth path and lever."""
        told = json.loads(self._study.sensitivity(indicator, region, industry, year, of))
        return Sensitivity(told)

    def why(
        self,
        indicator: str,
        *,
        region: str | None = None,
        industry: str | None = None,
        year: int | None = None,
        follow: Iterable[str] = (),
    ) -> list[Frame]:
        """The terms of a number's own formula, then of each term that is followed."""
        told = json.loads(self._study.why(indicator, region, industry, year, list(follow)))
        frames = []
        for step in told["steps"]:
            rows = [{"term": t["name"], "kind": t["kind"], "contribution": t["contribution"]} for t in step["terms"]]
            frames.append(of_records(rows, ("term", "kind"), step["of"]))
        return frames

    def mix(
        self,
        reach: Mapping[str, float] | None = None,
        *,
        most: str | None = None,
        budget: str | None = None,
    ) -> Mix:
        """The cheapest mix of levers that reaches levels of targets, or the most of one for a budget."""
        levels = None if reach is None else {key: float(value) for key, value in reach.items()}
        return Mix(json.loads(self._study.mix(levels, most, budget)))

    def ensemble(self, draws: int = 1000, *, seed: int = 1, method: str = "monte-carlo") -> Ensemble:
        """An ensemble of full paths with other numbers: how likely the targets are."""
        from .ensembles import Ensemble

        return Ensemble(self, draws, seed=seed, method=method)


def _rebuilt(name: str, text: str, files: dict[str, bytes]) -> Study:
    return Study(text=text, name=name, files=files)


class Results:
    """Results of a run as labelled tables. Money is at base-year prices unless a name says otherwise."""

    def __init__(self, native: _ironbelt.Results) -> None:
        self._results = native

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Results:
        """Reads `results.json` of `ironbelt run`."""
        return cls(_ironbelt.Results(Path(path).read_text(encoding="utf-8")))

    @cached_property
    def data(self) -> dict[str, Any]:
        """Everything as plain data, as in `results.json`."""
        data: dict[str, Any] = json.loads(self._results.json())
        return data

    def __repr__(self) -> str:
        return f"<Results {self.data['study']['title']!r}, {self.years[0]}–{self.years[-1]}>"

    @property
    def years(self) -> list[int]:
        """Years of the path."""
        return self._results.years

    @property
    def summary(self) -> str:
        """The summary that `ironbelt run` prints."""
        return self._results.summary()

    def frame(self, **where: str) -> Frame:
        """Series in long form: scenario, variable, region, industry, owner, year, value, unit.

        Keywords keep one value of a column, e.g. `variable="gdp"`; industry and owner are "" for all.
        """
        series = [
            each for each in self.data["series"] if all(each[key] == value for key, value in where.items())
        ]
        names = ("scenario", "variable", "region", "industry", "owner")
        repeat = len(self.years)
        columns: dict[str, Any] = {
            name: [each[name] for each in series for _ in range(repeat)] for name in names
        }
        columns["year"] = [year for _ in series for year in self.years]
        columns["value"] = [value for each in series for value in each["values"]]
        columns["unit"] = [each["unit"] for each in series for _ in range(repeat)]
        return Frame(columns, (*names, "year"), self.data["study"]["title"])

    def series(
        self,
        variable: str,
        region: str | None = None,
        *,
        industry: str = "",
        owner: str = "",
    ) -> pd.DataFrame:
        """A variable by year: baseline, policy and their difference; of the province without a region."""
        place = region or self.data["study"]["home"]
        found = {
            each["scenario"]: each
            for each in self.data["series"]
            if (each["variable"], each["region"], each["industry"], each["owner"])
            == (variable, place, industry, owner)
        }
        if not found:
            known = sorted({each["variable"] for each in self.data["series"]})
            raise KeyError(f"no series {variable!r} of {place!r}; variables are {', '.join(known)}")
        frame = pd.DataFrame({name: each["values"] for name, each in found.items()}, index=self.years)
        frame.index.name = "year"
        if {"baseline", "policy"} <= set(frame):
            frame["change"] = frame["policy"] - frame["baseline"]
        frame.attrs = {"variable": variable, "region": place, "unit": next(iter(found.values()))["unit"]}
        return frame

    def contributions(self, variable: str, region: str | None = None, *, industry: str = "") -> pd.DataFrame:
        """What each lever contributes to policy less baseline: one row a lever, one column a year."""
        place = region or self.data["study"]["home"]
        rows = {
            each["lever"]: each["values"]
            for each in self.data["contributions"]
            if (each["variable"], each["region"], each["industry"]) == (variable, place, industry)
        }
        return pd.DataFrame.from_dict(rows, orient="index", columns=self.years).rename_axis("lever")

    @property
    def targets(self) -> pd.DataFrame:
        """Targets, what the paths reach, and the gap."""
        return of_records(self.data["targets"], ("name",)).to_pandas()

    @property
    def net(self) -> pd.DataFrame:
        """Net effects and cost of each lever and of the programme, by place and measure."""
        return of_records(self.data["net"]).to_pandas()

    @property
    def parameters(self) -> pd.DataFrame:
        """Parameters and assumptions used, with source and status."""
        return of_records(self.data["parameters"], ("name",)).to_pandas()

    @property
    def solves(self) -> pd.DataFrame:
        """One row for every solve: status, work, certificate."""
        return of_records(self.data["solves"]).to_pandas()

    @property
    def html(self) -> str:
        """The report as one page."""
        return self._results.html()

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Writes what `ironbelt run` writes, and `workbook.xlsx`."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        for name, text in self._results.files().items():
            (place / name).write_text(text, encoding="utf-8")
        (place / "report.html").write_text(self.html, encoding="utf-8")
        (place / "workbook.xlsx").write_bytes(self._results.workbook())

    def plot(
        self,
        variable: str = "gdp",
        region: str | None = None,
        *,
        kind: str = "path",
        year: int | None = None,
        ax: matplotlib.axes.Axes | None = None,
    ) -> matplotlib.axes.Axes:
        """Draws a variable with matplotlib.

        `kind` is "path" (with and without the programme), "change" (the difference by year) or
        "contributions" (levers in `year`, the headline year without one).
        """
        from . import plotting

        return plotting.results(self, variable, region, kind=kind, year=year, ax=ax)


class Sensitivity:
    """What a number depends on; `frame()` has one row a driver, the most important first."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.data = told

    def __repr__(self) -> str:
        return f"<Sensitivity of {self.data['indicator']!r} of {self.data['region']!r} to {len(self.data['drivers'])} drivers>"

    def frame(self) -> pd.DataFrame:
        """Drivers with their derivative, range, and the change at both ends of the range."""
        return of_records(self.data["drivers"]).to_pandas()

    def plot(self, top: int = 15, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """A tornado chart with matplotlib."""
        from . import plotting

        return plotting.tornado(self, top, ax)


class Mix:
    """A mix of levers: what is chosen, what it costs, what it reaches."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.data = told

    def __repr__(self) -> str:
        return f"<Mix {self.status}: cost {self.cost:.4g} (100 million CNY)>"

    @property
    def status(self) -> str:
        """`reached`, `not_reachable` or `most`."""
        status: str = self.data["status"]
        return status

    @property
    def cost(self) -> float:
        """Cost, 100 million CNY, discounted."""
        cost: float = self.data["cost"]
        return cost

    @property
    def levers(self) -> pd.DataFrame:
        """Levers with intensity, bounds, cost, gains."""
        return of_records(self.data["levers"], ("name",)).to_pandas()

    @property
    def aims(self) -> pd.DataFrame:
        """What was wanted, what is reached, the price of one more unit."""
        return of_records(self.data["aims"], ("name",)).to_pandas()
