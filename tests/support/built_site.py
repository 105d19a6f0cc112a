"""Build the site as ``make site`` does, into a folder of the test's own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run_mkdocs(*options, folder=ROOT, **environment) -> subprocess.CompletedProcess:
    """Run ``mkdocs build --strict`` in `folder`, with variables of the environment added."""
    paths = [str(ROOT), str(ROOT / "site"), str(ROOT / "tests")]
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", *map(str, options)],
        cwd=folder,
        env=os.environ
        | {
            "SOURCE_DATE_EPOCH": "1700000000",
            "NO_MKDOCS_2_WARNING": "1",
            "SITE_URL": "",
            "PYTHONPATH": os.pathsep.join(paths),
        }
        | environment,
        capture_output=True,
        text=True,
    )


def build_site(folder: Path, site_url: str = "") -> Path:
    """Build both languages of the real lessons into `folder`."""
    done = run_mkdocs("--site-dir", folder, SITE_URL=site_url)
    assert done.returncode == 0, done.stderr
    return folder
