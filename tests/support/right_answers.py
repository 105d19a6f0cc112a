"""The answers of a sample with full marks, as data."""

from functools import cache

from grader.questions import load_exercise, read_bundles
from grader.questions.samples import read_samples
from support import kernelless


@cache
def right_answers(folder):
    """Return the answers of a sample with full marks (question -> value), and its variant."""
    asked = load_exercise(folder)
    most = sum(q.points for q in asked.questions.values() if not q.written)
    sample = next(s for s in read_samples(folder, asked) if sum(s.points.values()) == most)
    student = sample.student("", asked)
    recorded = kernelless.run(folder, asked, sample.sources, student=student)
    index = kernelless.variant_index("", asked.slug, student, len(asked.variants))
    found = {
        name: read_bundles(outputs, f"{asked.slug}.{name}").value
        for name, outputs in recorded.items()
        if asked.questions[name].kind != "function"
    }
    return found, asked.variants[index]
