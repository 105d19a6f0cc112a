"""A piece of work in a fork of the process that tests."""

import os
from collections.abc import Callable


def forked(work: Callable[[], object]) -> int:
    """Do `work` in a fork, which ends with it; return its process id."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid
