"""Solves every scenario of a folder of ge-case/1 files with ironbelt, GAMS/PATH and real MPSGE, in turn.

usage: python run.py CASES [--ironbelt PROGRAM] [--gams PROGRAM] [--rounds 5] [--only NAME]
                     [--tolerance 1e-10] [--table FILE] [--scenarios FILE]

One process solves one scenario, in each program; the same numbers, bounds and starts. Printed are
medians over the rounds, summed over the scenarios of a case and divided by their number:

- process: seconds of the whole process, seen from outside;
- solver: seconds that the solver itself reports (PATH's `Total Time`; `ironbelt solve --timing`);
- solved: scenarios whose every expected value is met at the case's own tolerance.

A program that is not there is left out. The peers are closed programs under their own licence (the
demo licence takes 1,000 rows); they are not a part of ironbelt, and nothing here runs in its tests.
To install them, outside of the project:

    python3 -m venv gams-venv
    gams-venv/bin/pip install gamspy        # GAMS with PATH, as gamspy_base/gams
    gams-venv/bin/gamspy install solver mpsge
    gams-venv/bin/python benches/peers/run.py CASES
"""
import argparse
import importlib.util
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import algebra
import case as cases
import mpsge

sys.path.append(str(Path(__file__).resolve().parent.parent))
import quiet

# PATH in one thread, like the rest; so the programs do the same work on the same core.
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}
SECONDS_LIMIT = 300.0
TOTAL_TIME = re.compile(r"^Total Time[ .]*([0-9.eE+-]+)", re.MULTILINE)
TIMING = re.compile(r"solve_seconds\s+([0-9.eE+-]+)\s*$", re.MULTILINE)


class Gams:
    """GAMS on a text written by `writer` (`algebra` or `mpsge`)."""

    def __init__(self, name, program, writer, tolerance):
        self.name, self.program, self.writer, self.tolerance = name, program, writer, tolerance

    def prepare(self, case, scenario, folder):
        text = self.writer.text(cases.model(case, scenario), self.tolerance)
        (folder / "economy.gms").write_text(text)

    def run(self, folder):
        """Whole seconds, seconds of the solver, values; values None where it did not solve."""
        results = folder / "results.txt"
        results.unlink(missing_ok=True)
        command = [self.program, "economy.gms", "lo=2", "o=/dev/null"]
        whole, _ = timed(command, folder)
        if not results.exists():
            return whole, None, None
        state, values = read_results(results.read_text())
        times = TOTAL_TIME.findall((folder / "economy.log").read_text())
        return whole, float(times[-1]) if times else None, values if state == 1.0 else None


class Ironbelt:
    """`ironbelt solve` on the same scenario as a case of its own."""

    name = "ironbelt"

    def __init__(self, program):
        self.program = program
        described = subprocess.run([program, "solve", "--help"], capture_output=True, text=True)
        self.solves = described.returncode == 0
        self.timing = ["--timing"] if "--timing" in described.stdout else []

    def prepare(self, case, scenario, folder):
        (folder / "model.json").write_text(json.dumps(case | {"scenarios": [scenario]}))

    def run(self, folder):
        command = [self.program, "solve", "model.json", "--format", "json", *self.timing]
        whole, done = timed(command, folder)
        try:
            solved = json.loads(done.stdout)["scenarios"][0]
        except (ValueError, KeyError, IndexError):
            return whole, None, None
        seconds = TIMING.findall(done.stderr)
        values = solved.get("values") if solved.get("status", "").lower() == "solved" else None
        return whole, sum(map(float, seconds)) if seconds else None, values


def timed(command, folder):
    begin = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=SECONDS_LIMIT
    )
    return time.perf_counter() - begin, done


def read_results(text):
    """Model state (1: solved) and {variable: level} of a `results.txt`."""
    state, values = None, {}
    for words in map(str.split, text.splitlines()):
        if words[0] == "level":
            values[words[1]] = 0.0 if words[2] == "EPS" else float(words[2])
        elif words[0] == "modelstat":
            state = float(words[1])
    return state, values


def misfit(scenario, values):
    """Largest deviation from the expected values in tolerances; infinite without values."""
    tolerance = scenario["tolerance"]
    absolute, relative = tolerance.get("absolute", 0.0), tolerance.get("relative", 0.0)
    if values is None:
        return float("inf")
    distances = [
        abs(values.get(name, float("inf")) - expected) / (absolute + relative * abs(expected))
        for name, expected in scenario["expected"].items()
    ]
    return max(distances, default=0.0)


def measure(case, scenario, programs, rounds, folder):
    """One record a program: medians of the rounds, which take turns; and the misfit."""
    folders = {program.name: folder / program.name for program in programs}
    taken = {program.name: [] for program in programs}
    for program in programs:
        folders[program.name].mkdir(parents=True)
        program.prepare(case, scenario, folders[program.name])
        program.run(folders[program.name])  # files into memory
    for _ in range(rounds):
        quiet.wait()
        for program in programs:
            taken[program.name].append(program.run(folders[program.name]))
    records = []
    for name, runs in taken.items():
        solver = [seconds for _, seconds, _ in runs if seconds is not None]
        records.append(
            {
                "case": case["name"],
                "variables": case["size"]["variables"],
                "scenario": scenario["name"],
                "program": name,
                "process": statistics.median(whole for whole, _, _ in runs),
                "solver": statistics.median(solver) if solver else None,
                "misfit": misfit(scenario, runs[-1][2]),
            }
        )
    return records


def mean(records, key):
    values = [record[key] for record in records if record[key] is not None]
    return sum(values) / len(values) if values else None


def milliseconds(seconds):
    return "" if seconds is None else f"{1e3 * seconds:.2f}"


def table(records, names):
    """Lines of a Markdown table, a case a line, smallest first, and the ratios to ironbelt."""
    peers = [name for name in names if name != "ironbelt"]
    ratios = [f"{peer} / ironbelt" for peer in peers] if "ironbelt" in names else []
    heads = ["case", "variables", "scenarios"]
    heads += [f"{name}, {what}" for what in ("process ms", "solver ms", "solved") for name in names]
    lines = ["| " + " | ".join(heads + ratios) + " |", "|---" * len(heads + ratios) + "|"]
    by_case = {}
    for record in records:
        by_case.setdefault((record["variables"], record["case"]), []).append(record)
    for (variables, name), group in sorted(by_case.items()):
        of = {each: [r for r in group if r["program"] == each] for each in names}
        cells = [name, str(variables), str(len(of[names[0]]))]
        cells += [milliseconds(mean(of[each], "process")) for each in names]
        cells += [milliseconds(mean(of[each], "solver")) for each in names]
        cells += [str(sum(r["misfit"] <= 1.0 for r in of[each])) for each in names]
        if ratios:
            own = mean(of["ironbelt"], "process")
            cells += [f"{mean(of[peer], 'process') / own:.1f}" for peer in peers]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def summary(records, names):
    for name in names:
        own = [r for r in records if r["program"] == name]
        solved = sum(r["misfit"] <= 1.0 for r in own)
        median = statistics.median(r["process"] for r in own)
        yield f"{name}: {solved} of {len(own)} scenarios as expected, median process {milliseconds(median)} ms"
        for r in own:
            if r["misfit"] > 1.0:
                yield f"  off by {r['misfit']:.3g} tolerances: {r['case']}, {r['scenario']}"


def default_gams():
    """The GAMS of `gamspy_base` beside this Python, or the one on the path."""
    package = importlib.util.find_spec("gamspy_base")
    if package and package.origin:
        return str(Path(package.origin).parent / "gams")
    return shutil.which("gams")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", type=Path)
    parser.add_argument("--ironbelt", default="target/release/ironbelt")
    parser.add_argument("--gams", default=default_gams())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append")
    parser.add_argument("--tolerance", type=float, default=1e-10, help="of PATH")
    parser.add_argument("--table", type=Path, help="the printed table also into this file")
    parser.add_argument("--scenarios", type=Path, help="records of all scenarios, as JSON")
    return parser.parse_args()


def installed(options):
    programs = []
    own = shutil.which(options.ironbelt)
    if own and Ironbelt(str(Path(own).resolve())).solves:
        programs.append(Ironbelt(str(Path(own).resolve())))
    if options.gams:
        programs.append(Gams("PATH", options.gams, algebra, options.tolerance))
        if (Path(options.gams).parent / "mpsgeset").exists():
            programs.append(Gams("MPSGE", options.gams, mpsge, options.tolerance))
    return programs


def main():
    options = arguments()
    programs = installed(options)
    names = [program.name for program in programs]
    print("programs:", ", ".join(names) or "none", file=sys.stderr)
    if not programs:
        sys.exit("nothing to run: neither `ironbelt solve` nor gams found")
    records = []
    with tempfile.TemporaryDirectory() as work:
        for path in sorted(options.cases.glob("*.json")):
            case = cases.read(path)
            if options.only and case["name"] not in options.only:
                continue
            for number, scenario in enumerate(case["scenarios"]):
                folder = Path(work) / case["name"] / str(number)
                records += measure(case, scenario, programs, options.rounds, folder)
    lines = [*table(records, names), "", *summary(records, names)]
    print("\n".join(lines))
    if options.table:
        options.table.write_text("\n".join(lines) + "\n")
    if options.scenarios:
        options.scenarios.write_text(json.dumps(records, indent=1))


if __name__ == "__main__":
    main()
