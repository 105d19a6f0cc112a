"""Which of an exercise's sentences is whose: public, the same on every machine."""

import hashlib
import unicodedata


def normalised_id(student_id: str) -> str:
    """Return a student id as it is hashed: no spaces around it, one form, lower case."""
    return unicodedata.normalize("NFKC", student_id).strip().casefold()


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
