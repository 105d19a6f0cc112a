"""The guide's commands publish a copy; the workflow files call what there is."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from support.built_site import ROOT
from support.model import need_model

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
GUIDES = sorted((ROOT / "lessons").glob("*/guide/publish.md"))
BLOCK = re.compile(r"```sh\n(git clone .*?)```", re.DOTALL)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_calls_targets_of_the_makefile_with_an_address(path):
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"]]
    made = [step for step in steps if step.get("run", "").startswith("make ")]
    assert made
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    for step in made:
        assert step["run"].split()[1] in targets
        assert "SITE_URL" in step["env"]


def test_both_guides_give_the_same_commands():
    found = {BLOCK.search(path.read_text(encoding="utf-8"))[1] for path in GUIDES}
    assert len(found) == 1


@pytest.mark.soak
def test_the_four_commands_of_the_guide_publish_a_copy(tmp_path):
    need_model()
    commands = BLOCK.search(GUIDES[0].read_text(encoding="utf-8"))[1].strip().splitlines()
    assert len(commands) == 4
    there = tmp_path / "attention"
    script = "\n".join(commands[:3]).replace("ADDRESS", str(ROOT))
    script = script.replace("/tmp/attention", str(there))
    # what is set up here is not set up again
    script = script.replace("make publish", "make --old-file=.venv/ready publish")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    subprocess.run(
        ["bash", "-euc", script], cwd=tmp_path, env=os.environ | {"PATH": path}, check=True
    )
    for page in ("index.html", "telescope/index.html", "en/index.html", "en/the-sink/index.html"):
        html = (there / page).read_text(encoding="utf-8")
        [address] = re.findall(r'<link rel="canonical" href="([^"]+)"', html)
        assert address == f"http://localhost:8000/{page.removesuffix('index.html')}"
    assert urlsplit(address).port == int(commands[3].split()[-1])
    assert (there / "assets" / "live").is_dir()
