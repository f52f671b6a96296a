"""Input-output analysis side by side: ironbelt, scipy LU, a numpy power series and pymrio.

usage: analysis.py REGIONS INDUSTRIES ROUNDS [PROGRAM...]

All programs analyse one generated table, which the ironbelt example writes to a temporary folder:
output multipliers of all industries, ten footprints by region, and one impact; `impact` and
`inverse` programs do only that. Programs take turns, so that slow minutes of a shared machine fall
on all alike; each runs in a process of its own on one thread. Reported are processor seconds from
the table in memory to the results (median and range), the peak memory of the process over the size
of the matrix, and how far results are from those of the first program.

Needs numpy, scipy, pandas and pymrio, and `cargo build --release -p accounts --example input_output`.
"""
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "target/release/examples/input_output"
ONE_THREAD = {
    "RAYON_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
STRESSORS = 10
PROGRAMS = [
    "ironbelt", "scipy-lu", "numpy-series", "pymrio",
    "ironbelt-impact", "numpy-series-impact", "scipy-lu-impact",
    "ironbelt-inverse", "scipy-inverse",
]
TOLERANCE = 1e-11


def load(folder, regions, industries):
    """Flows, final demand, stressors and output as arrays."""
    import numpy as np
    n = regions * industries
    part = lambda name, shape: np.fromfile(folder / f"{name}.f64").reshape(shape)
    return (part("flows", (n, n)), part("final_demand", (n, regions)),
            part("stressors", (STRESSORS, n)), part("output", n))


def direct(stressors, output):
    """Ones for output multipliers, then stressors per unit of output."""
    import numpy as np
    return np.vstack([np.ones(len(output)), stressors / output])


def told(multipliers, final_demand, impact):
    """What all programs are compared by."""
    footprints = multipliers[1:] @ final_demand
    return [multipliers[0, 0], footprints[0, 0], impact.sum()]


def scipy_lu(flows, final_demand, stressors, output, what):
    import numpy as np
    from scipy.linalg import lu_factor, lu_solve
    system = np.negative(flows / output)
    system.flat[:: len(output) + 1] += 1.0
    if what == "inverse":
        inverse = np.linalg.inv(system)
        return [inverse[0, 0]]
    demand = np.zeros(len(output))
    demand[4] = 1.0
    factor = lu_factor(system, overwrite_a=True, check_finite=False)
    impact = lu_solve(factor, demand, check_finite=False)
    if what == "impact":
        return [impact.sum()]
    multipliers = lu_solve(factor, direct(stressors, output).T, trans=1, check_finite=False).T
    return told(multipliers, final_demand, impact)


def numpy_series(flows, final_demand, stressors, output, what):
    import numpy as np
    coefficients = flows / output
    demand = np.zeros(len(output))
    demand[4] = 1.0

    def summed(start, step):
        total, term = start.copy(), start
        while np.linalg.norm(term) > TOLERANCE * np.linalg.norm(start):
            term = step(term)
            total += term
        return total

    impact = summed(demand, lambda x: coefficients @ x)
    if what == "impact":
        return [impact.sum()]
    multipliers = summed(direct(stressors, output), lambda s: s @ coefficients)
    return told(multipliers, final_demand, impact)


def pymrio_system(flows, final_demand, stressors, output):
    """The table as pymrio holds it (not timed)."""
    import pandas as pd
    import pymrio
    regions = final_demand.shape[1]
    names = [f"r{r:03}" for r in range(regions)]
    sectors = [f"s{i}" for i in range(len(output) // regions)]
    index = pd.MultiIndex.from_product([names, sectors], names=["region", "sector"])
    columns = pd.MultiIndex.from_product([names, ["final"]], names=["region", "category"])
    system = pymrio.IOSystem(
        Z=pd.DataFrame(flows, index=index, columns=index),
        Y=pd.DataFrame(final_demand, index=index, columns=columns))
    rows = pd.Index([f"stressor {k}" for k in range(STRESSORS)], name="stressor")
    system.stressors = pymrio.Extension(
        name="stressors", F=pd.DataFrame(stressors, index=rows, columns=index))
    return system


def pymrio_all(system):
    system.calc_all()
    multipliers = system.L.sum()
    impact = system.L.iloc[:, 4].sum()
    footprint = system.stressors.D_cba_reg.iloc[0, 0]
    return [multipliers.iloc[0], footprint, impact]


def peer(name, folder, regions, industries):
    """Runs one program in this process and prints what it took; imports and reading are not timed."""
    import numpy  # noqa: F401
    import scipy.linalg  # noqa: F401
    what = "impact" if "impact" in name else "inverse" if "inverse" in name else "all"
    flows, final_demand, stressors, output = load(folder, regions, industries)
    if name == "pymrio":
        system = pymrio_system(flows, final_demand, stressors, output)
        del flows
        work = lambda: pymrio_all(system)
    else:
        run = numpy_series if "series" in name else scipy_lu
        work = lambda: run(flows, final_demand, stressors, output, what)
    begin = time.process_time()
    values = work()
    seconds = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak": peak, "values": [float(v) for v in values]}))


def ironbelt(name, regions, industries):
    task = name.partition("-")[2] or "all"
    done = subprocess.run([EXAMPLE, str(regions), str(industries), task], check=True,
                          capture_output=True, text=True, env=os.environ | ONE_THREAD).stdout
    seconds = float(re.search(r"processor seconds ([0-9.]+)", done).group(1))
    peak = float(re.search(r"([0-9]+) MB after", done).group(1))
    values = [float(v) for v in re.findall(r"(?:multiplier|footprint|impact|inverse) ([0-9][0-9.e+-]*)", done)]
    return {"seconds": seconds, "peak": peak, "values": values}


def run(name, folder, regions, industries):
    if name.startswith("ironbelt"):
        return ironbelt(name, regions, industries)
    command = [sys.executable, __file__, "--peer", name, str(folder), str(regions), str(industries)]
    done = subprocess.run(command, check=True, capture_output=True, text=True,
                          env=os.environ | ONE_THREAD).stdout
    return json.loads(done.splitlines()[-1])


def main():
    regions, industries, rounds = map(int, sys.argv[1:4])
    programs = sys.argv[4:] or PROGRAMS
    matrix = (regions * industries) ** 2 * 8 / 2**20
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        subprocess.run([EXAMPLE, str(regions), str(industries), "write", str(folder)], check=True)
        taken = {name: [] for name in programs}
        for _ in range(rounds):
            for name in programs:
                taken[name].append(run(name, folder, regions, industries))
    print(f"n = {regions * industries}, matrix {matrix:.0f} MB, load {os.getloadavg()[0]:.1f}")
    for name, runs in taken.items():
        seconds = [each["seconds"] for each in runs]
        same_task = [other for other in programs if len(taken[other][0]["values"]) == len(runs[0]["values"])
                     and ("inverse" in other) == ("inverse" in name)]
        pairs = zip(runs[0]["values"], taken[same_task[0]][0]["values"])
        apart = max(abs(a - b) / abs(b) for a, b in pairs)
        print(f"{name:<20}{statistics.median(seconds):9.3f} s  {min(seconds):.3f}..{max(seconds):.3f}"
              f"  peak {runs[0]['peak'] / matrix:6.2f} matrices  differs {apart:.1e}")


if sys.argv[1] == "--peer":
    peer(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
else:
    main()
