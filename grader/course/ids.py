"""What spreadsheets do to ids: undone where only one id can have been meant, refused otherwise."""

import re

from grader.course.normalize import visible

STUDENT_ID = re.compile(r"[^\x00-\x1f\x7f/\\]{1,100}")
LONG = re.compile(r"\d+([.]\d+)?E[+]?\d+", re.IGNORECASE)
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+([.]0+)?")
LOST = re.compile(r"#+|#[A-Z/0]+[!?]?")


def clean_id(text: str) -> str:
    """Return the id that a cell means.

    Full-width digits, spaces around it and invisible signs are none of it; ``="007"``, ``'007``
    and ``2023001.0`` are what spreadsheets make of 007 and 2023001.

    Raises:
        ValueError: which id was meant cannot be told, or it cannot be a folder's name; says why.
    """
    found = visible(text)
    if inside := re.fullmatch(r'="(.*)"|=(\d+)', found):
        found = (inside[1] or inside[2] or "").strip()
    found = found.lstrip("'‘’`").strip()
    if whole := re.fullmatch(r"(\d+)[.]0+", found):
        found = whole[1]
    if not found:
        return found
    if LONG.fullmatch(found) or THOUSANDS.fullmatch(found) or LOST.fullmatch(found):
        raise ValueError(
            f'"{text}" is what a spreadsheet makes of a long number; format the column as text, '
            "put the ids in again and save."
        )
    if not STUDENT_ID.fullmatch(found) or found.startswith((".", "=")):
        raise ValueError(f'"{text!a}" cannot be an id.')
    return found
