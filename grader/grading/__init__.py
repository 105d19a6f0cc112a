"""A submission's way: door, kernel, judge, gradebook, record.

- ``submission``, ``handed_in``: the door: files a student handed in become plain notebooks.
- ``assignment``, ``restore``: metadata come from the gradebook, never from the submission.
- ``execute``, ``client``, ``workers``: running it, in a kernel of its own, for many at once.
- ``outputs``, ``png``: what is kept of what it showed.
- ``judge``: from recorded answers to verdicts and cards.
- ``graded``: from verdicts to graded notebooks and the scores of their cells.
- ``save``, ``record``, ``entry``, ``kept``: into the gradebook, and why.
- ``desk``: where all of this happens for one submission; ``batch``: for a class.
- ``replay``: what was recorded, judged once more.
- ``cluster``, ``packed``: running it on other machines.
- ``kernels``: warm, confined kernels.
- ``preprocessors``: the same inside nbgrader's own command and formgrader.
"""

import sys

# jsonschema, which nbformat imports, builds a grammar of internationalised addresses at import,
# for a second, where rfc3987-syntax is installed (Jupyter brings it). No notebook needs it.
sys.modules.setdefault("rfc3987_syntax", None)
