"""What is kept of a student's notebook: text and the pixels of pictures, nothing that can act.

A script in a stored output runs in formgrader, on the same origin as its API, and could set grades
for everyone. So of outputs only plain text, PNG and JPEG are kept, the pictures decoded and encoded
anew where there is more to them than pixels. For what a student wrote see `markdown`.
"""

import base64
import io
import json
import re
import warnings
from functools import lru_cache
from typing import Any

from grader.grading.limits import Limits
from grader.grading.markdown import clean_text
from grader.grading.png import LONGEST_SIDE, is_plain

MAX_LINES = 1000
MAX_TRACEBACK = 100
MAX_PIXELS = 20_000_000
MAX_ATTACHMENTS = 20
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG"}
ENCODING = {"PNG": {"compress_level": 3}, "JPEG": {}}
CUT_LINE = "... output cut ..."


def keep_outputs(notebook, limits: Limits, *, drop: set[str] = frozenset()) -> None:
    """Make the outputs of an executed notebook harmless, in place; it is the caller's own copy.

    Args:
        notebook: its cells' outputs and counts are rewritten.
        limits: how much is kept.
        drop: grade_ids of check cells; what they show is replaced by a card later.
    """
    from nbformat import from_dict

    left = limits.notebook_output
    for cell in notebook.cells:
        if "attachments" in cell:
            cell["attachments"] = from_dict(keep_attachments(cell["attachments"]))
        if cell.cell_type != "code":
            continue
        count = cell.get("execution_count")
        cell["execution_count"] = count if type(count) is int and 0 <= count < 10**9 else None
        if cell.metadata.get("nbgrader", {}).get("grade_id") in drop:
            cell["outputs"] = []
            continue
        kept, room = [], min(left, limits.cell_output)
        for output in _merge_streams(cell.get("outputs") or []):
            output = _keep(output)
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


def keep_attachments(attachments: Any) -> dict[str, dict[str, str]]:
    """Return the pictures that a student put into a Markdown cell, their pixels alone."""
    kept = {}
    if isinstance(attachments, dict):
        for name, data in list(attachments.items())[:MAX_ATTACHMENTS]:
            pictures = _pictures(data) if isinstance(data, dict) else {}
            if isinstance(name, str) and re.fullmatch(r"[\w.@ -]{1,100}", name) and pictures:
                kept[name] = pictures
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


def _keep(output: dict) -> dict | None:
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
        kept: dict[str, Any] = _pictures(data)
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


def _pictures(data: dict) -> dict[str, str]:
    kept = {}
    for mime, kind in PICTURES.items():
        encoded = _text(data.get(mime)) if mime in data else ""
        if encoded:
            again = _pixels_alone(encoded, kind)
            if again:
                kept[mime] = again
    return kept


@lru_cache(maxsize=32)
def _pixels_alone(encoded: str, kind: str) -> str | None:
    """Return a picture that is nothing but pixels: encoded anew, if there is more to it.

    The last ones are remembered: some pictures of an exercise are the same for every student.
    """
    from PIL import Image

    try:
        raw = base64.b64decode("".join(encoded.split()), validate=True)
        if kind == "PNG" and is_plain(raw, MAX_PIXELS):
            return base64.b64encode(raw).decode()
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a decompression bomb warns before it explodes
            with Image.open(io.BytesIO(raw), formats=[kind]) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS or max(width, height) > LONGEST_SIDE:
                    return None
                picture.load()
                seen_through = kind == "PNG" and picture.mode in ("RGBA", "LA", "P")
                pixels = picture.convert("RGBA" if seen_through else "RGB")
        if seen_through and pixels.getchannel("A").getextrema() == (255, 255):
            pixels = pixels.convert("RGB")  # as small as with four channels in half the time
        out = io.BytesIO()
        pixels.save(out, kind, **ENCODING[kind])
    except Exception:
        return None
    return base64.b64encode(out.getvalue()).decode()
