"""Where a notebook comes from: this course's release, or another one with another sentence.

Grading puts locked cells back, so a notebook runs as this course's; but the answers in it were
written for the sentence that it was handed out with. Where that is another one, nothing is judged
and a person decides.
"""

from grader.course.carried import Carried, find_course, find_data, unpack
from grader.grading.intake.assignment import Assignment
from grader.grading.intake.changes import Change, changed
from grader.questions import variant_index


def origin(
    parsed: dict, assignment: Assignment, course_id: str, variant_id: str
) -> tuple[Change, ...]:
    """Say whether a notebook was handed out elsewhere; nothing where it is this course's.

    Args:
        parsed: what `parse_notebook` made of the file.
        assignment: what it was handed in for.
        course_id: the course's.
        variant_id: what the student's sentence is drawn from.
    """
    sources = [cell.source for one in assignment.notebooks.values() for cell in one.cells]
    ours = {data for source in sources if (data := find_data(source))}
    theirs = [data for cell in parsed["cells"] if (data := find_data(cell["source"]))]
    data = (theirs or [parsed["data"]])[-1]
    if not ours or not data or data in ours or assignment.exercise is None:
        return ()
    found = unpack(data)
    if found is None:
        return ()  # damaged: it is put back, and that is said
    if found.slug != assignment.slug:
        return (changed("exercise", text=found.slug),)
    courses = [name for cell in parsed["cells"] if (name := find_course(cell["source"]))]
    theirs_id = found.course_id or (courses or [course_id])[-1]
    if _sentence(found, theirs_id, variant_id) == assignment.variant(course_id, variant_id)[1]:
        return (changed("older"),)
    if found.practice or (not found.cells and theirs_id == "seeing-attention"):
        return (changed("practice"),)
    if theirs_id != course_id:
        return (changed("course", text=theirs_id),)
    return (changed("release"),)


def _sentence(found: Carried, course_id: str, variant_id: str) -> dict:
    """Return the student's variant in that notebook."""
    variants = found.public.get("variant", [{}])
    if not isinstance(variants, list) or not variants:
        return {}
    return variants[variant_index(course_id, found.slug, variant_id, len(variants))]
