"""Checking a notebook at home: what a student's own machine must have."""

import subprocess
import sys


def test_it_needs_nothing_that_only_linux_has():
    """Students check on Windows and macOS, too."""
    code = (
        "import sys\n"
        "for name in ('fcntl', 'resource', 'pwd', 'termios'): sys.modules[name] = None\n"
        "import grader.cli, grader.check, grader.grading.again.local_check"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
