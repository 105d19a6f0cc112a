"""No attack on the wall succeeds, and each would without it.

An attack is run in a confined kernel, with its harm looked for from outside; and, as its control,
in a stock kernel, where it must do that harm. What a control showed is kept in build/attacks by the
code and the versions of what it ran on.
"""

import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest
from attacks.catalogue.escaping import ESCAPING
from attacks.catalogue.exhausting import EXHAUSTING
from attacks.catalogue.reaching import REACHING
from attacks.catalogue.reading import READING
from attacks.catalogue.surviving import SURVIVING
from attacks.catalogue.writing import WRITING
from attacks.world import World

from grader.grading.kernels import CONFINED, STOCK, cgroup
from grader.grading.kernels.zygote import SOCKET_VARIABLE
from support.kernels import Notebook

ATTACKS = [*READING, *WRITING, *REACHING, *SURVIVING, *EXHAUSTING, *ESCAPING]


def _is_counted() -> bool:
    """Tell whether kernels have cgroups here."""
    groups = cgroup.groups()
    try:
        return groups.take() is not None
    finally:
        groups.remove()


HERE = [
    attack
    for attack in ATTACKS
    if (os.geteuid() == 0 or not attack.needs_root) and (_is_counted() or not attack.counted)
]
KEPT = Path(__file__).parent.parent.parent / "build" / "attacks"

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("attacks")]


def run(attack, world, provisioner, kernels):
    """Run an attack and tell whether it did its harm, what it showed, and how long it took."""
    started = time.monotonic()
    if attack.alone:
        limits = attack.limits if provisioner == CONFINED else {}
        with Notebook(world.own, provisioner, **limits) as kernel:
            shown = kernel.run(attack.source(world.names), attack.seconds)
    else:
        kernel = kernels(provisioner, world)
        shown = kernel.run(attack.source(world.names), attack.seconds)
        if shown.timed_out:
            kernel.close()
    return attack.seen(world, shown), shown, time.monotonic() - started


@pytest.fixture(scope="module")
def kernels(zygote):
    """One kernel of each kind for all attacks that leave it well, in its first world's folder."""
    running = {}

    def get(provisioner, world):
        kernel = running.get(provisioner)
        if kernel is None or not kernel.manager.is_alive():
            running[provisioner] = kernel = Notebook(world.own, provisioner)
        if provisioner == STOCK:  # it began in another world; this is what that one would be here
            code = f"os.environ['GRADER_TOKEN'] = {world.marker!r}; os.chdir({str(world.own)!r})"
            code += f"; os.environ['HOME'] = {str(world.home)!r}"
        else:
            code = "os.chdir(os.path.expanduser('~/work'))"
        kernel.run(f"import os; {code}")
        return kernel

    yield get
    for kernel in running.values():
        kernel.close()


@pytest.fixture
def world(monkeypatch):
    with World() as world:
        monkeypatch.setenv("HOME", str(world.home))
        monkeypatch.setenv("IPYTHONDIR", str(world.home / ".ipython"))
        monkeypatch.setenv("GRADER_TOKEN", world.marker)
        yield world


def key_of(attack) -> str:
    versions = [version(name) for name in ("ipykernel", "jupyter_client", "torch", "pyzmq")]
    about = [attack.code, *versions, sys.version, platform.release(), os.geteuid() == 0]
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()[:20]


@pytest.mark.parametrize("attack", HERE, ids=[attack.name for attack in HERE])
def test_an_attack_does_no_harm(attack, world, kernels):
    harmed, shown, seconds = run(attack, world, CONFINED, kernels)
    assert not harmed, shown
    assert world.marker not in str(shown)
    assert not world.changed()
    assert not world.victim_state()["dead"]
    assert seconds < attack.seconds + 5, "it went on past its limits"


@pytest.mark.parametrize("attack", HERE, ids=[attack.name for attack in HERE])
def test_its_control_does_harm(attack, request):
    kept = KEPT / f"{key_of(attack)}.json"
    if not kept.exists():
        harmed, shown, _ = run(
            attack,
            request.getfixturevalue("world"),
            STOCK,
            request.getfixturevalue("kernels"),
        )
        assert harmed, f"the attack is broken: it fails unconfined, too: {shown}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({"attack": attack.name, "harmed": harmed}))
    assert json.loads(kept.read_text())["harmed"]


@pytest.mark.skipif(os.geteuid() != 0, reason="run as root to become an ordinary user")
def test_all_of_this_holds_for_an_ordinary_user_too(wall):
    """The harder case: the kernel's user is the one who owns course, secret and gradebook."""
    KEPT.mkdir(parents=True, exist_ok=True)
    KEPT.chmod(0o777)  # controls of both users are kept there
    root = KEPT.parent.parent
    command = [sys.executable, "-m", "support.unprivileged", sys.executable, "-m", "pytest"]
    command += ["-q", "-m", "long", "-k", "not ordinary_user", str(Path(__file__))]
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(root), str(root / "tests")])}
    env.pop(SOCKET_VARIABLE, None)
    done = subprocess.run(
        command, capture_output=True, text=True, env=env, cwd=root, timeout=900, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:]


def test_all_classes_are_there():
    kinds = {attack.kind for attack in ATTACKS}
    assert kinds == {"read", "write", "network", "survive", "exhaust", "escape"}
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
    assert len([attack for attack in ATTACKS if not attack.needs_root]) >= 60
