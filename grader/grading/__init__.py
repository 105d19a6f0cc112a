"""A submission's road: intake, a run in a sandbox, a judge, a gradebook and a record.

- ``intake``: files that a student handed in become plain notebooks; the assignment they answer.
- ``run``: executing them in a sandbox, in worker processes or on a cluster.
- ``kernels``: the sandboxed kernels themselves, forked from a warm process.
- ``sanitize``: outputs, pictures, Markdown and files of students, made harmless.
- ``judge``: from recorded answers to verdicts, cards and graded notebooks.
- ``store``: the gradebook, the record, the blobs that it rests on, what waits for a person.
- ``again``: replay, regrade, settle, audit, `grader check`, a rehearsal of an exercise.
- ``grading``: what grading an assignment rests on, frozen. ``pipeline``: the steps of one
  submission, in order. ``batch``: a class taken through them.
- ``limits``: what one submission may use. ``version``: of what decides a grade.
- ``preprocessors``, ``formgrader``: the same inside nbgrader's own command and formgrader.
"""

import sys

# jsonschema, which nbformat imports, builds a grammar of internationalised addresses at import,
# for a second, where rfc3987-syntax is installed (Jupyter brings it). No notebook needs it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: as if missing
