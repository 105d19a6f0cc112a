"""Which of an exercise's sentences is whose: public, the same on every machine.

An exercise with many variants keeps them in ``variants.tsv`` beside its questions: a header with
the words that the questions speak of, then one variant a line, the first for who gives no id.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from grader.questions.authoring import Problems

FILE = "variants.tsv"
"""Beside ``questions.toml``; without it the variants stand there, as ``[[variant]]``."""


def normalised_id(student_id: str) -> str:
    """Return a student id as it is hashed: no blanks, nothing invisible, one form, lower case."""
    shown = unicodedata.normalize("NFKC", student_id)
    seen = (c for c in shown if not c.isspace() and unicodedata.category(c) != "Cf")
    return "".join(seen).casefold()


def variant_index(course_id: str, slug: str, student_id: str, n: int) -> int:
    """Return which of `n` variants a student has; without an id it is 0.

    Raises:
        ValueError: there is no variant to choose.
    """
    if n < 1:
        raise ValueError("an exercise needs at least one variant.")
    student = normalised_id(student_id)
    if not student:
        return 0
    # A zero byte between the parts: ("ab", "c") and ("a", "bc") are different students.
    text = "\0".join([course_id, slug, student])
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest(), "big") % n


def read_variants(path: Path) -> list[dict[str, str]]:
    """Return the variants in a table, by line.

    Raises:
        CourseError: a line is not one variant: file, line and repair of each problem.
    """
    lines = Path(path).read_text("utf-8").splitlines()
    problems = Problems(str(path))
    header = lines[0].split("\t") if lines else []
    for name in header:
        if not name.isidentifier() or header.count(name) > 1:
            problems.note(1, f"{name!r} cannot name a column; give each a name of its own.")
    found: list[dict[str, str]] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(header) or not all(cell.strip() for cell in cells):
            problems.note(
                number,
                f"{len(cells)} cells under {len(header)} columns, or one is empty; "
                "write one text under each column, with a tab between them.",
            )
        elif line in seen:
            problems.note(number, f"is line {seen[line]} once more; take one of them out.")
        else:
            seen[line] = number
            found.append(dict(zip(header, cells, strict=True)))
    if not found:
        problems.note(1, "holds no variant; write a header and a line for each variant.")
    problems.stop()
    return found


def write_variants(
    path: Path, columns: Sequence[str], variants: Iterable[Mapping[str, str]]
) -> None:
    """Write a table that `read_variants` reads."""
    rows = [columns, *([variant[column] for column in columns] for variant in variants)]
    Path(path).write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")
