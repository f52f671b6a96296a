"""Waits until a shared machine is idle, so that a measurement is not of somebody else's work."""
import time

# Share of all cores' time that must be idle over the look, and seconds of the look.
IDLE, LOOK = 0.9, 0.3
# Seconds after which a measurement starts anyway.
PATIENCE = 20.0


def ticks():
    """(idle, all) ticks of all cores since the machine started; None where the system does not tell."""
    try:
        with open("/proc/stat", encoding="ascii") as file:
            counts = list(map(int, file.readline().split()[1:9]))
    except OSError:
        return None
    return counts[3] + counts[4], sum(counts)


def wait():
    """Returns once the machine was idle for a moment, or patience is over."""
    begin = time.monotonic()
    while (before := ticks()) and time.monotonic() - begin < PATIENCE:
        time.sleep(LOOK)
        idle, all_ = (after - earlier for after, earlier in zip(ticks(), before))
        if idle >= IDLE * all_:
            return
