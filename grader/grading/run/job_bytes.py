"""Serialize jobs and their results: plain bytes, compressed JSON. Nothing in them can run.

A worker on another machine gets these bytes and gives these bytes, no path and no key. What it
gives is a stranger's: `unpack` has a bound on size, depth and number of values before anything is
built, and `received` takes nothing over but what a kernel could have caused.
"""

import base64
import copy
import hashlib
import json
import math
import re
import zlib
from dataclasses import asdict, fields
from typing import Any, NoReturn

from grader.errors import GraderError
from grader.grading.limits import Limits
from grader.grading.run.job import Executed, Job, Note
from grader.grading.sanitize.outputs import clean_text, keep_outputs
from grader.questions import Outcome

MAX_DEPTH = 64
"""How deep what a worker gives may be nested; a notebook's outputs are nested 8 deep."""
MAX_VALUES = 500_000
"""How many values it may hold, brackets and commas counted."""
MAX_REST = 4 << 20
"""Bytes of it beside outputs and answers."""
MAX_NOTES = 1000
MAX_JOBS = 1 << 30
"""Bytes of the jobs of one submission, uncompressed."""

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
"""A text, to the end where it has none, or what makes other values; one pass finds them all."""
_OF_ANSWERS = {"notebook", "recorded", "endings", "notes"}
"""Fields of `Executed` that are not a number or a text."""


class BadBytes(GraderError):
    """What a worker gave is not what came of a job; says what about it is wrong."""


def pack_jobs(jobs: list[Job]) -> bytes:
    """Return the jobs of one submission as bytes."""
    packed = []
    for job in jobs:
        data = {one.name: getattr(job, one.name) for one in fields(Job)}
        files = {name: base64.b64encode(held).decode() for name, held in job.files.items()}
        packed.append(data | {"files": files, "limits": asdict(job.limits)})
    return pack(packed)


def unpack_jobs(data: bytes) -> list[Job]:
    """Return what `pack_jobs` packed; the coordinator's, so it needs no narrow bound."""
    jobs = []
    for packed in unpack(data, MAX_JOBS, values=MAX_JOBS):
        files = {name: base64.b64decode(held) for name, held in packed["files"].items()}
        questions = {grade_id: tuple(asked) for grade_id, asked in packed["questions"].items()}
        limits = Limits(**packed["limits"])
        jobs.append(Job(**packed | {"files": files, "questions": questions, "limits": limits}))
    return jobs


def pack_results(packed_jobs: bytes, executed: list[Executed], **about: str) -> bytes:
    """Return what came of jobs as bytes: outputs and answers, with the hash of the jobs.

    Args:
        packed_jobs: the bytes that the jobs came as.
        executed: what came of each.
        about: who ran them.
    """
    results = []
    for one in executed:
        data = {f.name: getattr(one, f.name) for f in fields(one) if f.name != "notebook"}
        cells = [
            [cell.get("execution_count"), cell.get("outputs", [])] for cell in one.notebook["cells"]
        ]
        data |= {"notes": [asdict(note) for note in one.notes], "cells": cells}
        results.append(data)
    return pack({"jobs": hash_of(packed_jobs), "executed": results} | about)


def pack_error(packed_jobs: bytes, words: str, **about: str) -> bytes:
    """Return as bytes that jobs could not be run, and why."""
    return pack({"jobs": hash_of(packed_jobs), "error": words} | about)


def unpack_results(data: bytes, jobs: list[Job], packed_jobs: bytes) -> dict[str, Any]:
    """Return what a worker says of jobs: ``grader``, ``worker``, ``executed`` or ``error``.

    Args:
        data: a worker's bytes.
        jobs: what it was given.
        packed_jobs: the same, as bytes.

    Raises:
        BadBytes: they are not what came of these jobs.
    """
    most = MAX_REST + sum(
        job.limits.notebook_output + job.limits.answer * len(job.questions) for job in jobs
    )
    told = unpack(data, most)
    if not isinstance(told, dict):
        raise BadBytes("a worker gave no object.")
    for name in ("jobs", "grader", "worker"):
        if not isinstance(told.get(name), str):
            raise BadBytes(f"a worker did not say {name}.")
    about = {name: printable(told[name]) for name in ("grader", "worker")}
    if told["jobs"] != hash_of(packed_jobs):
        raise BadBytes(f"worker {about['worker']} gave what came of other jobs.")
    if "error" in told:
        return about | {"error": printable(told["error"], 500)}
    results = told.get("executed")
    if not isinstance(results, list) or len(results) != len(jobs):
        raise BadBytes(f"worker {about['worker']} did not give one result for each job.")
    return about | {"executed": [received(*pair) for pair in zip(results, jobs, strict=True)]}


def received(data: Any, job: Job) -> Executed:
    """Return what came of a job as far as a kernel can have caused it.

    Cells, their sources and metadata are the job's own. Outputs are made harmless once more, as a
    worker need not have done it.

    Raises:
        BadBytes: it is not what came of the job.
    """
    numbers = {f.name: f.type for f in fields(Executed) if f.name not in _OF_ANSWERS}
    if not isinstance(data, dict) or data.keys() != {*numbers, *_OF_ANSWERS, "cells"} - {
        "notebook"
    }:
        raise BadBytes("a worker gave other fields than it should.")
    from nbformat import from_dict

    notebook = from_dict(copy.deepcopy(job.notebook))
    _list_of(data["cells"], "cells", len(notebook.cells), len(notebook.cells))
    for cell, of_cell in zip(notebook.cells, data["cells"], strict=True):
        count, outputs = _list_of(of_cell, "a cell", 2, 2)
        if cell.cell_type == "code":
            if not all(isinstance(one, dict) for one in _list_of(outputs, "outputs")):
                raise BadBytes("a worker gave an output that is no object.")
            cell["execution_count"], cell["outputs"] = count, from_dict(outputs)
    keep_outputs(notebook, job.limits, drop=set(job.questions))
    scalars = {name: _scalar(name, kind, data[name]) for name, kind in numbers.items()}
    return Executed(
        notebook=json.loads(json.dumps(notebook)),
        recorded={g: _text(g, v, job) for g, v in _by_question(data["recorded"], job)},
        endings={g: _outcome(value) for g, value in _by_question(data["endings"], job)},
        notes=[_note(one, job) for one in _list_of(data["notes"], "notes", 0, MAX_NOTES)],
        **scalars,
    )


def pack(data: Any) -> bytes:
    """Return plain data as bytes."""
    return zlib.compress(json.dumps(data, separators=(",", ":")).encode())


def unpack(data: bytes, most: int, *, values: int = MAX_VALUES) -> Any:
    """Return what `pack` packed.

    Args:
        data: anybody's bytes.
        most: how many bytes it may be, uncompressed.
        values: how many values it may hold.

    Raises:
        BadBytes: it is longer, deeper or more than that, or was not packed.
    """
    inflate = zlib.decompressobj()
    try:
        text = inflate.decompress(data, most + 1)
    except zlib.error:
        raise BadBytes("a worker gave what was not compressed.") from None
    if len(text) > most or not inflate.eof or inflate.unused_data:
        raise BadBytes(f"a worker gave more than {most} bytes, or not all of them.")
    _bound(text, values)
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique)
    except ValueError:
        raise BadBytes("a worker gave no JSON.") from None


def _bound(text: bytes, values: int) -> None:
    """Refuse JSON that holds too much, before anything of it is built.

    Raises:
        BadBytes: it holds more values, or is deeper, than it may.
    """
    depth = 0
    for count, token in enumerate(_TOKEN.finditer(text)):
        mark = text[token.start()]
        depth += (mark in b"[{") - (mark in b"]}")
        if depth > MAX_DEPTH:
            raise BadBytes(f"a worker gave what is nested more than {MAX_DEPTH} deep.")
        if count > values:
            raise BadBytes(f"a worker gave more than {values} values.")


def hash_of(packed: bytes) -> str:
    """Return by which a result names the jobs that it is of."""
    return hashlib.sha256(packed).hexdigest()


def printable(value: Any, most: int = 100) -> str:
    """Return a worker's words so that a terminal can show them."""
    text = clean_text(value if isinstance(value, str) else "?")[: 2 * most]
    return "".join(c if c.isprintable() else " " for c in text)[:most]


def _by_question(data: Any, job: Job):
    if not isinstance(data, dict) or not data.keys() <= job.questions.keys():
        raise BadBytes("a worker answered what was not asked.")
    return data.items()


def _text(grade_id: str, value: Any, job: Job) -> str:
    if not isinstance(value, str) or len(value) > job.limits.answer:
        raise BadBytes(f"a worker gave no answer, or too long a one, to {grade_id}.")
    return value


def _outcome(value: Any) -> Outcome:
    try:
        return Outcome(value)
    except ValueError:
        raise BadBytes("a worker named an ending that there is not.") from None


def _note(data: Any, job: Job) -> Note:
    whole = isinstance(data, dict) and data.keys() == {f.name for f in fields(Note)}
    cells = len(job.notebook["cells"])
    if not whole or type(data["cell"]) is not int or not 0 <= data["cell"] <= cells:
        raise BadBytes("a worker gave a note on no cell.")
    if not isinstance(data["kind"], str) or not re.fullmatch(r"[a-z_ ]{1,40}", data["kind"]):
        raise BadBytes("a worker gave a note of no kind.")
    return Note(**data)


def _scalar(name: str, kind: Any, value: Any) -> Any:
    if kind in (int, float):
        fits = type(value) in (int, kind) and math.isfinite(value) and 0 <= value < 2**53
        if not fits:
            raise BadBytes(f"a worker gave {name} as no number.")
        return kind(value)
    if value is not None and not isinstance(value, str):
        raise BadBytes(f"a worker gave {name} as no text.")
    return None if value is None else clean_text(value)[:1000]


def _list_of(value: Any, what: str, least: int = 0, most: int = MAX_VALUES) -> list:
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise BadBytes(f"a worker gave {what} that are no list, or of another length.")
    return value


def _no_constant(token: str) -> NoReturn:
    raise ValueError(token)


def _unique(pairs: list[tuple[str, Any]]) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found
