"""RAS and GRAS in numpy on the table of `examples/balance_speed.rs`, same totals, same stop rule.

usage: balance.py ras|gras N [RUNS]

Prints the same lines as the example. Two matrix-vector products a round (RAS), four with the
positive and the negative part kept apart (GRAS), by OpenBLAS.
"""
import statistics
import sys
import time

import numpy as np

TOLERANCE = 1e-8
REGIONS = 31


def uniform(start, count, seed):
    z = np.arange(start + 1, start + count + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        z *= np.uint64(0x9E3779B97F4A7C15)
        z += np.uint64(seed << 32)
        z ^= z >> np.uint64(30)
        z *= np.uint64(0xBF58476D1CE4E5B9)
        z ^= z >> np.uint64(27)
        z *= np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(np.float64) / 2.0**53


def problem(n, gras):
    table, rows, columns = np.empty((n, n)), np.empty(n), np.zeros(n)
    region = np.arange(n) * REGIONS // n
    growth = 0.5 + uniform(0, REGIONS, 4)
    for i in range(n):
        size = (uniform(i * n, n, 1) ** 2) ** 2 + 0.001
        size = np.where(region == region[i], size, 0.01 * size)
        table[i] = np.where(uniform(i * n, n, 2) < 0.05, -size, size) if gras else size
        changed = table[i] * (0.5 + uniform(i * n, n, 3)) * growth[region[i]]
        rows[i] = changed.sum()
        columns += changed
    return table, rows, columns


def ras(a, u, v):
    r, s, rounds, scale = np.ones(len(u)), np.ones(len(v)), 0, max(u.max(), v.max())
    while True:
        p = a @ s
        off = np.abs(r * p - u).max() / scale
        if off <= TOLERANCE:
            break
        r = u / p
        s = v / (r @ a)
        rounds += 1
    return r, s, rounds, off


def gras(positive, negative, u, v):
    r, s, rounds, scale = np.ones(len(u)), np.ones(len(v)), 0, max(abs(u).max(), abs(v).max())
    while True:
        p, n = positive @ s, negative @ (1 / s)
        off = np.abs(r * p - n / r - u).max() / scale
        if off <= TOLERANCE:
            break
        r = (u + np.sqrt(u * u + 4 * p * n)) / (2 * p)
        p, n = r @ positive, (1 / r) @ negative
        s = (v + np.sqrt(v * v + 4 * p * n)) / (2 * p)
        rounds += 1
    return r, s, rounds, off


def balanced(method, table, u, v):
    if method == "ras":
        r, s, rounds, off = ras(table, u, v)
        table *= r[:, None]
        table *= s
        return table, rounds, off
    positive, negative = np.maximum(table, 0), np.maximum(-table, 0)
    r, s, rounds, off = gras(positive, negative, u, v)
    positive *= r[:, None]
    positive *= s
    negative /= r[:, None]
    negative /= s
    positive -= negative
    return positive, rounds, off


def main():
    method, n = sys.argv[1], int(sys.argv[2])
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    table, u, v = problem(n, method == "gras")
    seconds = []
    for run in range(runs):
        prior = table if run + 1 == runs else table.copy()
        start = time.process_time()
        found, rounds, off = balanced(method, prior, u, v)
        seconds.append(time.process_time() - start)
    print(f"corner {found[0, 0]:.12e} {found[-1, -1]:.12e}")
    print(f"rounds {rounds} deviation {off:.1e}")
    print(f"best {min(seconds):.4f}")
    print(f"seconds {statistics.median(seconds):.4f}")


main()
