"""From a handout's zip alone, or from the site: the lines it says, a kernel, green cards."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from grader.course.sample import fill_in
from grader.course.wheel import SETUP, wheel_name
from grader.questions import load_exercise
from grader.questions.samples import read_samples
from support.built_site import ROOT, move_site

pytestmark = pytest.mark.soak
SLUG = "telescope"
NO_NETWORK = ["unshare", "--user", "--map-root-user", "--net"]


class Machine:
    """A student's: a fresh virtual environment, a folder, and nothing kept from before."""

    def __init__(self, folder: Path):
        self.folder, programs = folder, folder / ".venv" / "bin"
        folder.mkdir()
        subprocess.run([sys.executable, "-m", "venv", folder / ".venv"], check=True)
        ours = ("PYTHONPATH", "PIP_NO_INDEX", "VIRTUAL_ENV")
        self.env = {name: value for name, value in os.environ.items() if name not in ours}
        self.env["PATH"] = f"{programs}{os.pathsep}{self.env['PATH']}"
        self.env["SEEING_ATTENTION_CACHE"] = str(folder / "cache")

    def run(self, line: str, *before: str) -> None:
        done = subprocess.run(
            [*before, "bash", "-euc", line],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"

    def green(self) -> list[str]:
        """Fill in the notebook, run it in this environment's kernel; return its cards."""
        exercise = ROOT / "exercises" / SLUG
        samples = read_samples(exercise, load_exercise(exercise))
        [right] = [sample for sample in samples if sample.name == "full_by_code"]
        path = self.folder / f"{SLUG}.ipynb"
        path.write_text(json.dumps(fill_in(json.loads(path.read_text()), right, "2026001")))
        self.run(f"jupyter execute --inplace {path.name}")
        outputs = [o for c in json.loads(path.read_text())["cells"] for o in c.get("outputs", ())]
        texts = ["".join(o.get("data", {}).get("text/plain", "")) for o in outputs]
        return [text for text in texts if re.search(r"· .+ of .+ points", text)]


def all_passed(cards: list[str]) -> bool:
    return len(cards) >= 5 and not [card for card in cards if "✗" in card or "◐" in card]


@pytest.fixture(scope="module")
def handout(tmp_path_factory):
    """The folder that a student unpacks."""
    folder = tmp_path_factory.mktemp("teacher")
    program = Path(sys.executable).with_name("grader")
    for options in ("init course --language en", f"release {SLUG} --course course"):
        subprocess.run([program, *options.split()], cwd=folder, check=True)
    with zipfile.ZipFile(folder / "course" / "handout" / f"{SLUG}.zip") as zipped:
        zipped.extractall(folder)
    return folder / SLUG


@pytest.fixture
def serve():
    """serve(folder) -> the address under which a folder stands."""
    servers = []

    def serve(folder: Path) -> str:
        handler = functools.partial(SimpleHTTPRequestHandler, directory=str(folder))
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def lines(setup: str) -> list[str]:
    return [line.strip() for line in setup.splitlines() if line.startswith("    ")]


@pytest.fixture(scope="module")
def told(handout):
    """The lines of SETUP.txt: install, open, and four for where there is no network."""
    told = lines((handout / "SETUP.txt").read_text("utf-8"))
    assert len(told) == len(lines(SETUP)) == 6
    return told


def bring(handout: Path, machine: Machine) -> None:
    shutil.copytree(handout, machine.folder, dirs_exist_ok=True)


def test_the_handouts_one_line_leads_to_green_cards(handout, told, tmp_path):
    machine = Machine(tmp_path / "student")
    bring(handout, machine)
    machine.run(told[0])
    assert all_passed(machine.green())


def test_it_does_without_a_network_after_two_downloads(handout, told, tmp_path):
    library, machine = Machine(tmp_path / "library"), Machine(tmp_path / "student")
    bring(handout, library)
    bring(handout, machine)
    for line in told[2:4]:
        library.run(line)
    shutil.copytree(library.folder / "wheels", machine.folder / "wheels")
    for line in told[4:]:
        machine.run(line, *NO_NETWORK)
    assert all_passed(machine.green())


def test_a_notebook_of_the_site_installs_from_the_sites_address(published, serve, tmp_path):
    site = tmp_path / "site"
    address = serve(site)
    move_site(published, site, address)
    machine = Machine(tmp_path / "student")
    shutil.copy(site / "en" / "notebooks" / f"{SLUG}.ipynb", machine.folder)
    text = (machine.folder / f"{SLUG}.ipynb").read_text("utf-8")
    line = f"pip install {address}notebooks/{wheel_name()}"
    assert line in text
    machine.run(f"{line} jupyterlab")
    assert all_passed(machine.green())
