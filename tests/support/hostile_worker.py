"""What a worker of a cluster does that has gone over to some students: honest to all others."""

import os
import random
import zlib
from functools import partial
from pathlib import Path

from grader.grading.run import cluster_worker
from grader.grading.run.job_bytes import pack, pack_jobs, pack_results, unpack, unpack_jobs
from support.clusters import student
from support.courses import own_cell

HONEST = cluster_worker.answer


def note(path: str) -> bytes:
    """Note which process ran this; the harm that a pickle does."""
    with Path(path).open("a") as file:
        file.write(f"{os.getpid()}\n")
    return b""


class Evil:
    """Pickled, it runs `note` wherever it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return note, (self.path,)


class EvilError(Exception):
    """An exception that does the same."""

    def __reduce__(self):
        return note, (self.args[0],)


def _evil_type(path):
    """Return a result whose type, which Dask tells its client pickled, runs code."""

    class Meta(type):
        pass

    import cloudpickle

    kind = Meta("Kind", (bytes,), {})
    cloudpickle.CloudPickler.dispatch_table[Meta] = lambda _: (note, (path,))
    return kind(b"x")


def _warn(path):
    import pickle

    from distributed import get_worker

    get_worker().log_event("warn", {"message": pickle.dumps(Evil(path))})
    get_worker().log_event("print", {"args": ("\x1b]0;owned\x07",), "file": 2})
    return Evil(path)


def _raise(path):
    raise EvilError(path)


def _changed(change):
    """Return an attack that changes an honest answer: a function of the unpacked object."""

    def attack(path, run, packed):
        told = unpack(HONEST(run, packed), 1 << 26)
        change(told)
        return pack(told)

    return attack


def _executed(told):
    return told["executed"][0]


def _set(name, value):
    return _changed(lambda told: _executed(told).__setitem__(name, value))


def _of_another(path, run, packed):
    jobs = unpack_jobs(packed)
    own_cell(jobs[0].notebook)["source"] = 'student = "ann"'
    return HONEST(run, pack_jobs(jobs))


PICKLES = {
    "a result": lambda path, run, packed: Evil(path),
    "an exception": lambda path, run, packed: _raise(path),
    "the type of a result": lambda path, run, packed: _evil_type(path),
    "a warning and a print": lambda path, run, packed: _warn(path),
}
BYTES = {
    "zeros without end": lambda path, run, packed: zlib.compress(bytes(1 << 28), 1),
    "brackets": lambda path, run, packed: zlib.compress(b"[" * (1 << 24)),
    "lists": lambda path, run, packed: zlib.compress(b"[" + b"[]," * (1 << 22) + b"[]]"),
    "no JSON": lambda path, run, packed: zlib.compress(b"\xff\xfe{"),
    "half": lambda path, run, packed: HONEST(run, packed)[:-9],
    "more behind": lambda path, run, packed: HONEST(run, packed) + b"x",
    "nothing": lambda path, run, packed: b"",
    "a number": lambda path, run, packed: 17,
    "more than anything": lambda path, run, packed: random.Random(0).randbytes(100 << 20),
    "a list": lambda path, run, packed: pack([]),
    "another submission's": _of_another,
    "two results": _changed(lambda told: told["executed"].append(_executed(told))),
    "another grader": _changed(lambda told: told.update(grader="0.0.0\x1b[2J")),
    "an error with an escape": _changed(lambda told: told.update(error="\x1b]0;owned\x07" * 99)),
    "a field more": _set("points", 4),
    "a cell more": _changed(lambda told: _executed(told)["cells"].append([None, []])),
    "answers to what was not asked": _set("recorded", {"essay": "[]"}),
    "an answer that is no text": _set("recorded", {"pick_check": ["[]"]}),
    "an ending that is none": _set("endings", {"pick_check": "full marks"}),
    "notes that are none": _set("notes", [{"kind": "\x1b[2J", "cell": 0}]),
    "a note on no cell": _set("notes", [{"kind": "timeout", "cell": 10**9}]),
    "time that is no number": _set("seconds", "1"),
    "time that is negative": _set("seconds", -1.0),
    "outputs that are none": _changed(
        lambda told: _executed(told).__setitem__("cells", [[1, "x"] for _ in told["executed"]])
    ),
}


def markup(path, run, packed):
    """Answer with outputs that a kernel's would not be: a page's script, a picture's."""
    jobs = unpack_jobs(packed)
    executed = __import__("pickle").loads(run)(jobs)
    for cell in executed[0].notebook["cells"]:
        if cell["cell_type"] == "code":
            data = {"text/html": "<script>alert(1)</script>", "image/svg+xml": "<svg onload=x>"}
            cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
            cell["source"] = "<script>"
    about = {"grader": cluster_worker.grader_version(), "worker": "w\x1b[2J"}
    return pack_results(packed, executed, **about)


BYTES["markup and names"] = markup

ATTACKS = PICKLES | BYTES
STUDENTS = {f"mal{number:02}": attack for number, attack in enumerate(ATTACKS)}
"""Student -> the attack that comes instead of what became of the submission."""


def install(path: str) -> None:
    """On a worker: answer as `STUDENTS` says from now on."""
    cluster_worker.answer = partial(hostile_answer, path)


def hostile_answer(path, run, packed):
    """On a worker: answer honestly, but for some."""
    attack = STUDENTS.get(student(unpack_jobs(packed)))
    return ATTACKS[attack](path, run, packed) if attack else HONEST(run, packed)
