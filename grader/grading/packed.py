"""Jobs and what came of them as plain bytes: JSON, compressed. Nothing in them can run.

A worker on another machine gets these bytes and gives these bytes, no path and no key.
"""

import base64
import json
import zlib
from dataclasses import asdict, fields
from typing import Any

from grader.grading.execute import Executed, Job, Note
from grader.grading.limits import Limits
from grader.questions import Outcome


def pack_jobs(jobs: list[Job]) -> bytes:
    """Return the jobs of one submission as bytes."""
    packed = []
    for job in jobs:
        data = {one.name: getattr(job, one.name) for one in fields(Job)}
        files = {name: base64.b64encode(held).decode() for name, held in job.files.items()}
        packed.append(data | {"files": files, "limits": asdict(job.limits)})
    return pack(packed)


def unpack_jobs(data: bytes) -> list[Job]:
    """Return what `pack_jobs` packed."""
    jobs = []
    for packed in unpack(data):
        files = {name: base64.b64decode(held) for name, held in packed["files"].items()}
        questions = {grade_id: tuple(asked) for grade_id, asked in packed["questions"].items()}
        limits = Limits(**packed["limits"])
        jobs.append(Job(**packed | {"files": files, "questions": questions, "limits": limits}))
    return jobs


def executed_to_json(executed: list[Executed]) -> list[dict]:
    """Return what came of jobs as plain data."""
    return [asdict(one) for one in executed]


def executed_from_json(data: list[dict]) -> list[Executed]:
    """Return what `executed_to_json` gave; fields of another version are an error."""
    return [
        Executed(
            **one
            | {
                "endings": {g: Outcome(outcome) for g, outcome in one["endings"].items()},
                "notes": [Note(**note) for note in one["notes"]],
            }
        )
        for one in data
    ]


def pack(data: Any) -> bytes:
    """Return plain data as bytes."""
    return zlib.compress(json.dumps(data, separators=(",", ":")).encode())


def unpack(data: bytes) -> Any:
    """Return what `pack` packed."""
    return json.loads(zlib.decompress(data))
