"""Draws on other engines are those of one process, to the byte."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import ironbelt as ib
import pytest

DRAWS = 12


@pytest.fixture(scope="module")
def alone(small: ib.Study, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("alone")
    forecast = small.ensemble(DRAWS).run(out=folder, chunk=5)
    assert forecast.data["draws"] == DRAWS
    return (folder / "draws.csv").read_bytes()


def test_the_forecast_is_told(small: ib.Study, tmp_path: Path) -> None:
    forecast = small.ensemble(DRAWS).run(out=tmp_path)
    assert forecast.probabilities["probability"].between(0.0, 1.0).all()
    quantiles = forecast.quantiles()
    assert (quantiles[0.95] >= quantiles[0.05]).all()
    sample = forecast.sample(None, forecast.target()["year"])
    assert len(sample) == DRAWS - forecast.data["failed"]
    frame = ib.draws_frame(tmp_path)
    assert len(frame) == DRAWS and (frame["draw"] == range(DRAWS)).all()
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    forecast.plot().figure.canvas.draw()


@pytest.mark.parametrize("executor", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_executors_give_the_same_bytes(
    executor: type[ThreadPoolExecutor | ProcessPoolExecutor], small: ib.Study, alone: bytes, tmp_path: Path
) -> None:
    options = {} if executor is ThreadPoolExecutor else {"mp_context": get_context("spawn")}
    with executor(max_workers=2, **options) as pool:  # type: ignore[arg-type]
        small.ensemble(DRAWS).run(pool, out=tmp_path, chunk=3)
    assert (tmp_path / "draws.csv").read_bytes() == alone


def test_a_run_that_was_stopped_goes_on(small: ib.Study, alone: bytes, tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop(done: int, _: int) -> None:
        if done >= 4:
            raise Stop

    with pytest.raises(Stop):
        small.ensemble(DRAWS).run(out=tmp_path, chunk=2, progress=stop)
    parts = sorted(tmp_path.glob("part-*.parquet"))
    assert len(parts) == 2 and not (tmp_path / "draws.csv").exists()
    before = [path.stat().st_mtime_ns for path in parts]
    made: list[int] = []
    small.ensemble(DRAWS).run(out=tmp_path, chunk=2, progress=lambda done, _: made.append(done))
    assert made[0] == 6, "what was done is not done again"
    assert [path.stat().st_mtime_ns for path in parts] == before
    assert (tmp_path / "draws.csv").read_bytes() == alone
    with pytest.raises(ib.InputError, match="another study"):
        small.ensemble(DRAWS, seed=2).run(out=tmp_path)


def test_dask_gives_the_same_bytes_and_survives_a_killed_worker(
    small: ib.Study, alone: bytes, tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster, distributed.Client(cluster) as client:
        killed: list[int] = []

        def kill(done: int, _: int) -> None:
            if not killed:
                pid = next(iter(client.run(os.getpid).values()))
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
                time.sleep(0.5)

        small.ensemble(DRAWS).run(client, out=tmp_path, chunk=1, progress=kill)
        assert killed
    assert (tmp_path / "draws.csv").read_bytes() == alone


def test_the_command_line_makes_the_same_draws(small: ib.Study, alone: bytes, tmp_path: Path) -> None:
    program = os.environ.get("IRONBELT")
    if not program:
        pytest.skip("IRONBELT names no program")
    import subprocess

    path = small.save(tmp_path)
    arguments = [program, "targets", str(path), "--draws", str(DRAWS), "--out", str(tmp_path / "out")]
    subprocess.run(arguments, check=True, capture_output=True)
    assert (tmp_path / "out/draws.csv").read_bytes() == alone
