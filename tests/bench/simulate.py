"""How long a large class takes on n workers, from what each submission of a small one took.

Workers run notebooks side by side; the coordinator judges and stores what they return, one
submission after the other. Whichever is slower sets the pace.
"""

import heapq
from itertools import cycle, islice


def makespan(
    seconds: list[float], coordinator: float, *, submissions: int, workers: int, start: float = 0.0
) -> float:
    """Return the wall seconds until the last grade is stored.

    Args:
        seconds: what notebooks took in a worker; the large class has them in turn.
        coordinator: seconds that the coordinator needs for each submission.
        submissions: how many the large class hands in.
        workers: how many notebooks run at once.
        start: seconds before the first notebook runs.
    """
    free = [start] * workers
    ready = []
    for one in islice(cycle(seconds), submissions):
        done = heapq.heappop(free) + one
        heapq.heappush(free, done)
        ready.append(done)
    stored = start
    for done in sorted(ready):
        stored = max(stored, done) + coordinator
    return stored


def coordinators_limit(seconds: list[float], coordinator: float) -> float:
    """Return from how many workers on the coordinator sets the pace."""
    return sum(seconds) / len(seconds) / coordinator
