"""Runs commands in turn, several rounds, and prints the median of the seconds that each reports.

usage: interleave.py ROUNDS COMMAND COMMAND...

A command reports its seconds as the number after the last `solve_seconds` (as `ironbelt bench --format
json` prints it), `seconds` or `time` in its output. Taking turns lets slow minutes of a shared machine fall on all commands alike.
"""
import re
import statistics
import subprocess
import sys

REPORTED = re.compile(r'\b(?:solve_seconds|seconds|time)"?[\s:]+([0-9.eE+-]+)')


def seconds(command):
    done = subprocess.run(command, shell=True, check=True, capture_output=True, text=True)
    return float(REPORTED.findall(done.stdout)[-1])


def main():
    rounds, commands = int(sys.argv[1]), sys.argv[2:]
    taken = [[] for _ in commands]
    for _ in range(rounds):
        for command, list_ in zip(commands, taken):
            list_.append(seconds(command))
    for command, list_ in zip(commands, taken):
        median = statistics.median(list_)
        ratio = statistics.median(taken[-1]) / median
        print(f"{median:10.4f} s  {min(list_):.4f}..{max(list_):.4f}  x{ratio:.2f}  {command}")


main()
