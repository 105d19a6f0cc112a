"""A batch that lasts until it is ended: ``python -m support.lasting FOLDER``.

Each of its two workers leaves a file named by its process number there.
"""

import os
import sys
import time
from pathlib import Path


def last(jobs):
    """Leave this process's number in the folder that the job names, and stay."""
    (Path(jobs[0]) / str(os.getpid())).touch()
    time.sleep(600)


if __name__ == "__main__":
    from grader.grading.run.workers import Local, mapped
    from support.lasting import last as to_the_end

    list(mapped([(number, [sys.argv[1]]) for number in range(4)], Local(2, to_the_end)))
