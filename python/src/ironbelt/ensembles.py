"""Ensembles on the engine you have: this process, `concurrent.futures`, or Dask.

A draw is a full path with and without the programme. Draw k is the same wherever it is made, so the
table of draws is the same, to the byte, as that of `ironbelt targets`, whatever the number of workers.

>>> forecast = study.ensemble(draws=10_000).run(client, out="draws")      # doctest: +SKIP

A worker gets the study once (text and files beside it), solves the central path once, and then makes
draws in chunks. Every finished chunk is a file `part-….parquet` in `out` before the next is counted:
whatever is killed, worker or driver, the same call goes on where it stopped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, FIRST_COMPLETED, Future, wait
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from . import _ironbelt
from .errors import Finding, InputError, SolveError
from .frames import Frame
from .studies import Study

if TYPE_CHECKING:
    import matplotlib.axes

__all__ = ["Ensemble", "Forecast"]

Lines = list[tuple[int, str]]

#: Ensembles that this process has met, by the key of their draws: study and central path are made once.
_known: dict[str, _ironbelt.Draws] = {}
#: Ensembles kept in one process.
_MOST_KNOWN = 4


def _draw(study: Study, key: str, method: str, seed: int, draws: int, indices: list[int]) -> Lines:
    """Some draws, in whatever process this runs."""
    native = _known.get(key)
    if native is None:
        native = _ironbelt.Draws(study._study, method, seed, draws)
        while len(_known) >= _MOST_KNOWN:
            _known.pop(next(iter(_known)))
        _known[key] = native
    return native.draw(indices)


class Forecast:
    """How likely the targets are; the content of `forecast.json`."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.data = told

    def __repr__(self) -> str:
        odds = ", ".join(f"{each['name']} {each['probability']:.0%}" for each in self.data["targets"])
        return f"<Forecast of {self.data['draws']} draws: {odds}>"

    def target(self, name: str | None = None) -> dict[str, Any]:
        """A target by name or indicator, the first without one."""
        targets: list[dict[str, Any]] = self.data["targets"]
        for each in targets:
            if name is None or name in (each["name"], each["indicator"]):
                return each
        raise KeyError(f"no target {name!r}; targets are {', '.join(each['name'] for each in targets)}")

    @property
    def probabilities(self) -> pd.DataFrame:
        """Probability of every target with its Monte Carlo error, and without the programme."""
        keys = ("name", "indicator", "unit", "year", "value", "probability", "probability_error",
                "baseline_probability", "mean", "standard_deviation")
        rows = [{key: each[key] for key in keys} for each in self.data["targets"]]
        return pd.DataFrame(rows).set_index("name")

    def quantiles(self, target: str | None = None) -> pd.DataFrame:
        """Quantiles of a target's indicator by year."""
        found = self.target(target)["quantiles"]
        frame = pd.DataFrame(found).T
        frame.index = pd.Index([int(year) for year in frame.index], name="year")
        frame.columns = pd.Index([float(level) for level in frame.columns], name="quantile")
        return frame.sort_index().sort_index(axis=1)

    def sample(self, target: str | None, year: int) -> Any:
        """The draws of a target's indicator in a year, in order of size."""
        import numpy as np

        return np.asarray(self.target(target)["sample"][str(year)])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes `forecast.json`, which `ironbelt score` reads."""
        Path(path).write_text(json.dumps(self.data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    def plot(self, target: str | None = None, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """A fan chart with matplotlib."""
        from . import plotting

        return plotting.fan(self, target, ax)


class Ensemble:
    """Draws of a study; `run` makes those that are missing."""

    def __init__(self, study: Study, draws: int = 1000, *, seed: int = 1, method: str = "monte-carlo") -> None:
        self.study = study
        self.seed = seed
        self.method = method
        self._asked = draws
        self._native = _ironbelt.Draws(study._study, method, seed, draws)

    def __len__(self) -> int:
        return len(self._native)

    def __repr__(self) -> str:
        return f"<Ensemble of {len(self)} draws ({self.method}, seed {self.seed}) of {self.study.title!r}>"

    @cached_property
    def key(self) -> str:
        """Checksum of everything the draws depend on."""
        return self._native.key

    def run(
        self,
        executor: Any = None,
        *,
        out: str | os.PathLike[str] | None = None,
        chunk: int = 10,
        progress: Callable[[int, int], None] | None = None,
        gap: bool = True,
    ) -> Forecast:
        """Makes all draws and tells how likely the targets are.

        - `executor`: a `dask.distributed.Client`, any `concurrent.futures.Executor`, or None for this
          process.
        - `out`: folder for a Parquet file a chunk and, at the end, `draws.csv` and `forecast.json`; a
          run that was stopped is continued there.
        - `chunk`: draws a task.
        - `progress`: told of draws done and draws wanted.
        - `gap`: add the way from the baseline to each target, for which the study is run once.
        """
        store = _Store(self, None if out is None else Path(out))
        lines = store.load()
        missing = [index for index in range(len(self)) if index not in lines]
        chunks = [missing[at : at + chunk] for at in range(0, len(missing), chunk)]
        for made in self._made(executor, chunks):
            store.keep(made)
            lines.update(made)
            if progress is not None:
                progress(len(lines), len(self))
        ordered = [lines[index] for index in range(len(self))]
        if ordered and all(",failed: " in line for line in ordered):
            raise SolveError(f"no draw has a solution; the first: {ordered[0].split(',')[1]}")
        forecast = Forecast(json.loads(self._native.forecast(ordered, gap)))
        store.finish(self._native.table(ordered), forecast)
        return forecast

    def _made(self, executor: Any, chunks: list[list[int]]) -> Iterator[Lines]:
        if executor is None:
            for indices in chunks:
                yield self._native.draw(indices, parallel=True)
        elif hasattr(executor, "scatter"):
            yield from self._by_dask(executor, chunks)
        elif isinstance(executor, Executor):
            arguments = (self.study, self.key, self.method, self.seed, self._asked)
            yield from _as_completed(
                executor.submit(_draw, *arguments, indices) for indices in chunks
            )
        else:
            raise TypeError("`executor` is a Dask client, a concurrent.futures.Executor, or None")

    def _by_dask(self, client: Any, chunks: list[list[int]]) -> Iterator[Lines]:
        """Tasks on the workers of a Dask client; one whose worker dies is made again on another."""
        from distributed import as_completed

        # The study goes to each worker once; tasks hold a reference.
        study = client.scatter(self.study, broadcast=True, hash=False)
        rest = iter(chunks)

        def submit(indices: list[int]) -> Any:
            return client.submit(
                _draw, study, self.key, self.method, self.seed, self._asked, indices,
                pure=False, retries=10,
            )

        # A few tasks a core at a time, so that a scheduler never holds ten thousand.
        window = 4 * max(1, sum(client.ncores().values()))
        running = as_completed([submit(indices) for _, indices in zip(range(window), rest, strict=False)])
        for future in running:
            made: Lines = future.result()
            yield made
            for indices in rest:
                running.add(submit(indices))
                break


def _as_completed(futures: Iterable[Future[Lines]]) -> Iterator[Lines]:
    running = set(futures)
    try:
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        for future in running:
            future.cancel()


class _Store:
    """Finished chunks as Parquet files; nothing without a folder."""

    def __init__(self, ensemble: Ensemble, folder: Path | None) -> None:
        self.ensemble = ensemble
        self.folder = folder

    def load(self) -> dict[int, str]:
        """Lines of all finished chunks."""
        lines: dict[int, str] = {}
        if self.folder is None:
            return lines
        import pyarrow.parquet

        self.folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(self.folder.glob("part-*.parquet")):
            table = pyarrow.parquet.read_table(path, columns=["draw", "line"])
            key = (table.schema.metadata or {}).get(b"ensemble", b"").decode()
            if key != self.ensemble.key:
                message = f"`{path}` holds draws of another study, seed or method"
                help_ = "choose another folder, or remove the file"
                raise InputError([Finding("E1904", "error", message, help=help_)])
            lines.update(zip(table["draw"].to_pylist(), table["line"].to_pylist(), strict=True))
        return {index: line for index, line in lines.items() if index < len(self.ensemble)}

    def keep(self, made: Lines) -> None:
        """Writes a chunk; it is there whole or not at all."""
        if self.folder is None or not made:
            return
        import pyarrow
        import pyarrow.parquet

        made = sorted(made)
        names = self.ensemble._native.head.splitlines()[1].split(",")
        cells = [line.rstrip("\n").split(",") for _, line in made]
        columns: dict[str, Any] = {
            "draw": pyarrow.array([index for index, _ in made], pyarrow.int64()),
            "status": [row[1] for row in cells],
        }
        for at, name in enumerate(names[2:], start=2):
            columns[name] = pyarrow.array([float(row[at]) if row[at] else None for row in cells], pyarrow.float64())
        columns["line"] = [line for _, line in made]
        table = pyarrow.table(columns).replace_schema_metadata({"ensemble": self.ensemble.key})
        path = self.folder / f"part-{made[0][0]:08}-{made[-1][0]:08}.parquet"
        unfinished = path.with_suffix(".unfinished")
        pyarrow.parquet.write_table(table, unfinished)
        unfinished.replace(path)

    def finish(self, table: str, forecast: Forecast) -> None:
        """Writes the whole table and the forecast."""
        if self.folder is None:
            return
        (self.folder / "draws.csv").write_text(table, encoding="utf-8")
        forecast.save(self.folder / "forecast.json")


def draws_frame(folder: str | os.PathLike[str]) -> Frame:
    """All draws of a folder of Parquet files: draw, status, and one column a target, path and year."""
    import pyarrow.parquet

    parts = [pyarrow.parquet.read_table(path) for path in sorted(Path(folder).glob("part-*.parquet"))]
    table = pyarrow.concat_tables(parts).drop_columns(["line"]).sort_by("draw")
    columns = {name: table[name].to_numpy() for name in table.column_names}
    return Frame(columns, ("draw",), "draws")
