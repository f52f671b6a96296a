"""A table of the size of EXIOBASE 3 (9,800 x 9,800), to time readers on.

    python3 benches/exiobase_size.py write FOLDER     Z.txt, Y.txt, unit.txt (1.5 GB)
    python3 benches/exiobase_size.py pandas FOLDER    pandas.read_csv on Z.txt: CPU seconds, peak MiB
    /usr/bin/time -v ironbelt accounts import exiobase3 FOLDER
"""

import resource
import sys
import time
from pathlib import Path

REGIONS, SECTORS, CATEGORIES = 49, 200, 7


def lines(path, before, columns, rows, row_cells):
    with open(path, "w") as out:
        for level, name in enumerate(before):
            out.write(f"{name}\t\t" + "\t".join(column[level] for column in columns) + "\n")
        out.write("region\tsector" + "\t" * len(columns) + "\n")
        for region, sector in rows:
            out.write(f"{region}\t{sector}\t" + "\t".join(row_cells()) + "\n")


def write(folder):
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(1)
    regions = [f"R{at:02d}" for at in range(REGIONS)]
    industries = [(r, f"Sector number {at:03d} of the list") for r in regions for at in range(SECTORS)]
    demand = [(r, f"Category {at}") for r in regions for at in range(CATEGORIES)]
    # Three of five cells are numbers of 16 or 17 digits, as pandas writes them; the rest is 0.0.
    pool = np.exp(random.normal(-14, 4, 200_000))
    pool = [repr(float(value)) for value in pool] + ["0.0"] * 130_000
    texts = np.array(pool, dtype=object)
    n = len(industries)
    cells = lambda: texts[random.integers(0, len(texts), n)]
    lines(folder / "Z.txt", ["region", "sector"], industries, industries, cells)
    final = lambda: [f"{value:.8g}" for value in random.random(len(demand)) * 1000]
    lines(folder / "Y.txt", ["region", "category"], demand, industries, final)
    with open(folder / "unit.txt", "w") as out:
        out.write("region\tsector\tunit\n")
        out.writelines(f"{region}\t{sector}\tM.EUR\n" for region, sector in industries)


def pandas(folder):
    import pandas as pd

    start = time.process_time()
    table = pd.read_csv(folder / "Z.txt", sep="\t", index_col=[0, 1], header=[0, 1])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"pandas {pd.__version__}: {table.shape}, {time.process_time() - start:.1f} CPU s, {peak:.0f} MiB")


if __name__ == "__main__":
    {"write": write, "pandas": pandas}[sys.argv[1]](Path(sys.argv[2]))
