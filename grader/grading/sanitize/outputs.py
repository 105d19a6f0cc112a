"""Sanitize a notebook's outputs: text and the pixels of pictures are kept, nothing that can act.

A script in a stored output runs in formgrader, on the same origin as its API, and could set grades
for everyone. So of outputs only plain text, PNG and JPEG are kept, the pictures decoded and encoded
anew where there is more to them than pixels. For what a student wrote see `markdown`.
"""

import json
from collections.abc import Collection
from typing import Any

from grader.grading.limits import Limits
from grader.grading.sanitize.markdown import clean_text
from grader.grading.sanitize.pictures import Pictures

MAX_LINES = 1000
MAX_TRACEBACK = 100
MAX_ATTACHMENTS = 20
MAX_NAME = 200
"""Of an attachment, in characters."""
CUT_LINE = "... output cut ..."
NO_PICTURE = "... a picture is left out: it is too large, or there are too many ..."


def keep_outputs(notebook, limits: Limits, *, drop: Collection[str] = frozenset()) -> None:
    """Make the outputs of an executed notebook harmless, in place; it is the caller's own copy.

    Args:
        notebook: its cells' outputs and counts are rewritten.
        limits: how much is kept.
        drop: grade_ids of check cells; what they show is replaced by a card later.
    """
    from nbformat import from_dict

    left, pictures = limits.notebook_output, Pictures()
    for cell in notebook.cells:
        if "attachments" in cell:
            attached = keep_attachments(cell["attachments"], pictures, left)
            left -= len(json.dumps(attached))
            cell["attachments"] = from_dict(attached)
        if cell.cell_type != "code":
            continue
        count = cell.get("execution_count")
        cell["execution_count"] = count if type(count) is int and 0 <= count < 10**9 else None
        if cell.metadata.get("nbgrader", {}).get("grade_id") in drop:
            cell["outputs"] = []
            continue
        missing = {"output_type": "stream", "name": "stdout", "text": NO_PICTURE + "\n"}
        kept: list[dict] = []
        room = min(left, limits.cell_output)
        for shown in _merge_streams(cell.get("outputs") or []):
            pictures.refused = False
            output = _keep(shown, pictures)
            if pictures.refused and missing not in kept:
                kept.append(missing)
            if output is None:
                continue
            size = len(json.dumps(output))
            if size > room and output["output_type"] != "error":
                kept.append({"output_type": "stream", "name": "stdout", "text": CUT_LINE + "\n"})
                break
            room -= size
            left -= size
            kept.append(output)
        cell["outputs"] = from_dict(kept)


def keep_attachments(attachments: Any, pictures: Pictures, room: int) -> dict[str, dict[str, str]]:
    """Return the pictures that a student put into a Markdown cell, their pixels alone.

    Args:
        attachments: as the cell has them.
        pictures: those of the whole notebook.
        room: how many bytes there may be.
    """
    kept: dict[str, dict[str, str]] = {}
    if isinstance(attachments, dict):
        for name, data in list(attachments.items())[:MAX_ATTACHMENTS]:
            if isinstance(name, str) and len(name) <= MAX_NAME and isinstance(data, dict):
                found = pictures.of(data)
                room -= sum(map(len, found.values()))
                if found and room >= 0:
                    kept[clean_text(name)] = found
    return kept


def _merge_streams(outputs) -> list[dict]:
    merged: list[dict] = []
    for output in outputs:
        output = dict(output)
        if (
            output.get("output_type") == "stream"
            and merged
            and merged[-1].get("output_type") == "stream"
            and merged[-1].get("name") == output.get("name")
        ):
            merged[-1]["parts"].append(_text(output.get("text")))
        else:
            if output.get("output_type") == "stream":
                output["parts"] = [_text(output.get("text"))]
            merged.append(output)
    return merged


def _keep(output: dict, pictures: Pictures) -> dict | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        text = _cut_lines(clean_text("".join(output["parts"])))
        return {"output_type": "stream", "name": name, "text": text}
    if kind == "error":
        lines = [clean_text(_text(line))[:20_000] for line in output.get("traceback") or ()]
        if len(lines) > MAX_TRACEBACK:
            lines = [*lines[: MAX_TRACEBACK // 2], CUT_LINE, *lines[-MAX_TRACEBACK // 2 :]]
        return {
            "output_type": "error",
            "ename": clean_text(_text(output.get("ename")))[:200],
            "evalue": clean_text(_text(output.get("evalue")))[:2000],
            "traceback": lines,
        }
    if kind in ("display_data", "execute_result"):
        data = output.get("data")
        data = data if isinstance(data, dict) else {}
        kept: dict[str, Any] = pictures.of(data)
        if "text/plain" in data:
            kept["text/plain"] = _cut_lines(clean_text(_text(data["text/plain"])))
        if not kept and kind == "display_data":
            return None
        made = {"output_type": kind, "data": kept, "metadata": {}}
        if kind == "execute_result":
            made["execution_count"] = None
        return made
    return None


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _cut_lines(text: str) -> str:
    lines = text.split("\n")
    return text if len(lines) <= MAX_LINES else "\n".join([*lines[: MAX_LINES - 1], CUT_LINE, ""])
