#!/usr/bin/env python3
"""Renews constraints.txt: the newest versions that install together on Linux with Python 3.11.0.

What is in KEPT stays as it is pinned; its line is changed by hand. What a renewed version breaks
`make test` says afterwards.
"""

import json
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[1]
PINS = ROOT / "constraints.txt"
HEADER = (
    "# The exact versions known to work together, with Python 3.11 to 3.14 on Linux: "
    "pip install -c constraints.txt\n"
)
KEPT = ("torch", "jieba")
"""A newer torch on an index may bring CUDA's gigabytes; jieba has no wheel, so pip cannot tell for
which Python it is."""


def main() -> None:
    """Resolve, and write what changed."""
    before = dict(re.findall(r"(?m)^([\w.-]+)==(\S+)$", PINS.read_text(encoding="utf-8")))
    resolve = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--report", "-"]
    resolve += ["--ignore-installed", "--target", "nowhere", "--python-version", "3.11.0"]
    resolve += ["--only-binary", ":all:", f"torch=={before['torch']}", *wanted()]
    done = subprocess.run(resolve, stdout=subprocess.PIPE, check=True)
    told = [one["metadata"] for one in json.loads(done.stdout)["install"]]
    called = {plain(name): name for name in before}
    found = {called.get(plain(one["name"]), one["name"]): one["version"] for one in told}
    found |= {name: before[name] for name in KEPT}
    lines = sorted(f"{name}=={version}\n" for name, version in found.items())
    PINS.write_text(HEADER + "".join(lines), encoding="utf-8")
    for name in sorted({*before, *found}):
        if before.get(name) != found.get(name):
            print(f"{name}: {before.get(name, '-')} -> {found.get(name, '-')}")


def plain(name: str) -> str:
    """Return a package's name as all its spellings share it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted() -> list[str]:
    """Return what pyproject.toml asks for, with all its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    return [one for one in asked if re.match(r"[\w.-]+", one)[0] not in KEPT]


if __name__ == "__main__":
    main()
