"""Time and memory of the synthetic economy over its size: with margins and owners (`ironbelt`), without
them (`plain`), and a numpy program of the economy without them.

usage: python curve.py measure CSV [--rounds 5] [--ironbelt PROGRAM] [--peer PEER.py] [--sizes 42x31 ...]
                                   [--patience SECONDS]
       python curve.py draw CSV SVG
       python curve.py table CSV

`measure` takes all programs in turn, each when the machine is idle for a moment, and writes medians
over the rounds. `PEER.py PRODUCTS REGIONS` must print `time SECONDS` of its solve (needs numpy
and scipy); without it, ironbelt is measured alone. `draw` needs matplotlib.
"""
import argparse
import csv
import json
import os
import re
import statistics
import subprocess
import sys

import quiet

SIZES = ["10x10", "20x20", "42x31", "60x80", "100x150", "130x250", "162x365"]
OWN = ("ironbelt", "plain")
SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
PEER_TIME = re.compile(r"^time\s+([0-9.eE+-]+)", re.MULTILINE)
PEER_LINEAR = re.compile(r"gmres\s+([0-9]+)")
FIELDS = (
    "program threads products regions unknowns trade_flows solve_seconds fastest slowest "
    "newton_steps linear_iterations peak_memory_bytes solve_processor_seconds tangent_bytes tangent_seconds share_of_stream"
).split()


def run(command, threads):
    """Standard output of a process, and its peak resident bytes (at least those of this script)."""
    environment = os.environ | dict.fromkeys(SETTINGS, str(threads))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command} ended with {process.returncode}")
    return output, usage.ru_maxrss * 1024


def ironbelt(program, products, regions, threads, *more):
    size = ["--products", str(products), "--regions", str(regions)]
    output, _ = run([program, "bench", *size, *more, "--format", "json"], threads)
    found = json.loads(output)
    return {field: found[field] for field in FIELDS if field in found}


def plain(program, products, regions, threads):
    return ironbelt(program, products, regions, threads, "--plain")


def peer(program, products, regions, threads):
    output, memory = run([sys.executable, program, str(products), str(regions)], threads)
    steps = PEER_LINEAR.findall(output)
    return {
        "solve_seconds": float(PEER_TIME.findall(output)[-1]),
        "newton_steps": len(steps),
        "linear_iterations": sum(map(int, steps)),
        "peak_memory_bytes": memory,
    }


def measure(options):
    quiet.PATIENCE = options.patience
    own = (("ironbelt", ironbelt), ("plain", plain))
    cases = [(name, call, options.ironbelt, threads) for name, call in own for threads in (1, 2)]
    if options.peer:
        cases.append(("numpy", peer, options.peer, 1))  # a second thread gains it nothing
    rows = []
    for size in options.sizes:
        products, regions = map(int, size.split("x"))
        runs = {(name, threads): [] for name, _, _, threads in cases}
        for _ in range(options.rounds):
            for name, call, path, threads in cases:
                quiet.wait()
                runs[name, threads].append(call(path, products, regions, threads))
        for (name, threads), found in runs.items():
            seconds = [each["solve_seconds"] for each in found]
            rows.append(
                found[-1]
                | {
                    "program": name,
                    "threads": threads,
                    "products": products,
                    "regions": regions,
                    "unknowns": found[-1].get("unknowns", products * regions + regions),
                    "trade_flows": products * regions**2,
                    "solve_seconds": round(statistics.median(seconds), 6),
                    "fastest": round(min(seconds), 6),
                    "slowest": round(max(seconds), 6),
                    "peak_memory_bytes": max(each["peak_memory_bytes"] for each in found),
                }
            )
            print(rows[-1], file=sys.stderr)
    with open(options.csv, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read(path):
    """Rows by (program, threads), each in the order of sizes."""
    curves = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            number = {key: float(value) for key, value in row.items() if key != "program" and value}
            curves.setdefault((row["program"], int(row["threads"])), []).append(number)
    return curves


def table(options):
    """Markdown tables: a size a line, the work and memory, then the seconds."""
    curves = read(options.csv)
    own = curves["ironbelt", 1]
    sizes = [f"{row['products']:.0f} × {row['regions']:.0f}" for row in own]
    heads = ["products × regions", "unknowns", "trade flows", "Newton steps", "linear iterations", "peak memory"]
    keys = ("unknowns", "trade_flows", "newton_steps", "linear_iterations")
    rows = [[f"{row[key]:,.0f}" for key in keys] + [megabytes(row)] for row in own]
    peer_there = ("numpy", 1) in curves
    if peer_there:
        heads.append("numpy, memory")
        rows = [cells + [megabytes(row)] for cells, row in zip(rows, curves["numpy", 1])]
    lines(heads, sizes, rows)
    heads = ["products × regions"] + [f"{name}, {threads(count)}" for name, count in curves]
    rows = [[f"{curve[at]['solve_seconds']:.4f} s" for curve in curves.values()] for at in range(len(own))]
    if peer_there:
        heads += [f"numpy / {name}, {threads(count)}" for name in OWN for count in (1, 2)]
        rows = [cells + ratios(curves, at) for at, cells in enumerate(rows)]
    lines(heads, sizes, rows)


def ratios(curves, at):
    """How many times faster than numpy, for one and two threads."""
    slow = curves["numpy", 1][at]["solve_seconds"]
    return [f"{slow / curves[name, count][at]['solve_seconds']:.1f}" for name in OWN for count in (1, 2)]


def lines(heads, sizes, rows):
    print("| " + " | ".join(heads) + " |\n" + "|---" * len(heads) + "|")
    for size, cells in zip(sizes, rows):
        print("| " + " | ".join([size, *cells]) + " |")
    print()


def megabytes(row):
    return f"{row['peak_memory_bytes'] / 1e6:.0f} MB"


def threads(count):
    return f"{count} thread" + "s" * (count > 1)


COLOURS = {"ironbelt": "#0b6e75", "plain": "#6b7f2a", "numpy": "#b3561d"}
LABELS = {"ironbelt": "margins and owners", "plain": "without", "numpy": "without, numpy"}


def draw(options):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams |= {
        "svg.fonttype": "path",
        "svg.hashsalt": "ironbelt",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    from matplotlib import pyplot, ticker

    curves = read(options.csv)
    figure, (seconds, memory) = pyplot.subplots(1, 2, figsize=(9.0, 4.2))
    for (name, count), curve in curves.items():
        flows = [row["trade_flows"] for row in curve]
        line = "-" if count == 1 else "--"
        style = {"color": COLOURS[name], "linestyle": line, "marker": "o", "markersize": 3.5}
        label = f"{LABELS[name]}, {threads(count)}"
        seconds.plot(flows, [row["solve_seconds"] for row in curve], label=label, **style)
        if count == 1:
            memory.plot(flows, [row["peak_memory_bytes"] / 1e6 for row in curve], label=LABELS[name], **style)
    for axes, title in ((seconds, "Seconds of one solve"), (memory, "Peak memory of the process, MB")):
        axes.set(xscale="log", yscale="log", xlabel="trade flows (product × origin × destination)")
        axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda y, _: f"{y:g}"))
        axes.yaxis.set_minor_formatter(ticker.NullFormatter())
        axes.set_title(title, loc="left", fontsize=10)
        axes.grid(True, which="major", color="#dddddd", linewidth=0.6)
        axes.legend(frameon=False, loc="upper left")
    seconds.set_ylim(2e-4, 50.0)
    memory.set_ylim(1.0, 2000.0)
    name_sizes(seconds, curves["ironbelt", 1])
    figure.tight_layout()
    figure.savefig(options.svg, metadata={"Date": None}, facecolor="white")


def name_sizes(axes, curve):
    """Products × regions under the points of a curve."""
    for row in curve:
        text = f"{row['products']:.0f} × {row['regions']:.0f}"
        place = (row["trade_flows"], row["solve_seconds"])
        axes.annotate(text, place, (3, -11), textcoords="offset points", fontsize=7, color="#444444")
    axes.set_xlim(right=curve[-1]["trade_flows"] * 6)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("measure")
    one.add_argument("csv")
    one.add_argument("--rounds", type=int, default=5)
    one.add_argument("--ironbelt", default="target/release/ironbelt")
    one.add_argument("--peer")
    one.add_argument("--sizes", nargs="+", default=SIZES)
    one.add_argument("--patience", type=float, default=quiet.PATIENCE)
    one.set_defaults(call=measure)
    two = commands.add_parser("draw")
    two.add_argument("csv")
    two.add_argument("svg")
    two.set_defaults(call=draw)
    three = commands.add_parser("table")
    three.add_argument("csv")
    three.set_defaults(call=table)
    options = parser.parse_args()
    options.call(options)


if __name__ == "__main__":
    main()
