"""Ensembles of the Liaoning study on one and two Dask worker processes: time, overhead, memory.

    pip install ./python[dask]
    python benches/ensembles.py [--draws 200]

Every worker has one thread. Times are medians of rounds in which both numbers of workers take turns, so
that a busy machine disturbs both alike. A run of all draws and one of half of them tell what a run costs
whatever its size (the driver's part: the study checked, its central path solved) from what each draw costs
beyond the draw itself in a bare process. It ends with what 1,000 cores would take by these constants.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time

os.environ["RAYON_NUM_THREADS"] = "1"

import dask  # noqa: E402
import ironbelt as ib  # noqa: E402
from distributed import Client, LocalCluster  # noqa: E402


# Dask has its workers give memory back to the system at once, which a draw takes again at once.
KEEP = {"MALLOC_TRIM_THRESHOLD_": "1000000000", "MALLOC_MMAP_THRESHOLD_": "1000000000"}
dask.config.set({"distributed.nanny.pre-spawn-environ": KEEP})


def memory(pid: int) -> tuple[float, float]:
    """Resident memory of a process now and at its peak, MB."""
    with open(f"/proc/{pid}/status") as status:
        lines = dict(line.split(":", 1) for line in status)
    return tuple(int(lines[key].split()[0]) / 1e3 for key in ("VmRSS", "VmHWM"))  # type: ignore[return-value]


def bare(draws: int) -> float:
    """Seconds of the draws in this process, without the central path."""
    ensemble = ib.Study.liaoning().ensemble(draws)
    ensemble._native.draw([0])
    begin = time.perf_counter()
    ensemble._native.draw(list(range(draws)))
    return time.perf_counter() - begin


def cluster(workers: int, draws: int, chunk: int) -> dict[str, float]:
    """Seconds of the first chunk of every worker (study, central path) and of all draws after it."""
    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as local, Client(
        local
    ) as client:
        study = ib.Study.liaoning()
        empty = max(memory(pid)[0] for pid in client.run(os.getpid).values())
        begin = time.perf_counter()
        study.ensemble(workers * 2).run(client, chunk=1, gap=False)
        first = time.perf_counter() - begin
        ensemble = study.ensemble(draws)
        # The path is known to the workers by the key of the ensemble: warm this one as well.
        ensemble.run(client, chunk=draws // workers, gap=False)
        begin = time.perf_counter()
        ensemble.run(client, chunk=chunk, gap=False)
        seconds = time.perf_counter() - begin
        less = study.ensemble(draws // 2)
        less.run(client, chunk=draws // 2 // workers, gap=False)
        begin = time.perf_counter()
        less.run(client, chunk=chunk, gap=False)
        half = time.perf_counter() - begin
        peak = max(memory(pid)[1] for pid in client.run(os.getpid).values())
    return {"first": first, "seconds": seconds, "half": half, "empty": empty, "peak": peak}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--chunk", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    alone, found = [], {1: [], 2: []}
    for _ in range(asked.rounds):
        alone.append(bare(asked.draws))
        for workers in found:
            found[workers].append(cluster(workers, asked.draws, asked.chunk))
    draw = statistics.median(alone) / asked.draws
    one, two = (
        {key: statistics.median(each[key] for each in found[workers]) for key in found[workers][0]}
        for workers in (1, 2)
    )
    each = (one["seconds"] - one["half"]) / (asked.draws - asked.draws // 2)
    overhead = max(each - draw, 0.0)
    fixed = max(one["seconds"] - asked.draws * each, 0.0)
    print(f"draw in a bare process       {1e3 * draw:8.1f} ms")
    print(f"1 worker, {asked.draws} draws         {one['seconds']:8.2f} s   of which {fixed:.2f} s whatever the draws; overhead {1e3 * overhead:.2f} ms a draw")
    print(f"2 workers, {asked.draws} draws        {two['seconds']:8.2f} s   speed-up {one['seconds'] / two['seconds']:.2f}")
    print(f"first draw of a worker       {one['first']:8.2f} s   (study, accounts, central path)")
    print(f"memory of a worker           {one['empty']:8.0f} MB before, {one['peak']:.0f} MB at most")
    for draws in (10_000, 1_000_000):
        # The scheduler hands out one chunk after the other: the overhead does not shrink with cores.
        work = fixed + one["first"] + draws * draw / 1000
        hand_out = draws * max(overhead, 0.0)
        print(f"1,000 cores, {draws:>9,} draws {max(work, hand_out):8.0f} s   ({work:.0f} s of draws, {hand_out:.0f} s to hand them out)")


if __name__ == "__main__":
    main()
