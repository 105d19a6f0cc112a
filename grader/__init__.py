"""Seeing Attention: look inside a Transformer through its attention, and grade what was seen.

The map of the package, from what a student meets to what an instructor runs:

- ``grader.capture``: a sentence in, its ``Attention`` out.
- ``grader.generation``: a beginning in, what a model writes after it, and what it looked at.
- ``grader.network``: the forward pass in numpy, with everything it works out on its way.
- ``grader.attention``: what attention is here: names, axes, the row and column rule.
- ``grader.heads``: measures of what a head does.
- ``grader.importance``: what a weight carries, and what depends on it.
- ``grader.study``: the heads of grammatical relations, measured on treebanks.
- ``grader.decoder``: what a small model that writes does, measured.
- ``grader.ledger``: what the lessons claim, computed and compared.
- ``grader.plots``: one row, one map, the grid of all heads, with matplotlib.
- ``grader.check``: ``start`` and ``check``, the two functions of every exercise.
- ``grader.qa``: a small model that answers questions, to be looked into.
- ``grader.models``: which models there are and how their weights are fetched, by hash.
- ``grader.questions``: kinds of question, the answer format, the judge: answers in, verdicts out.
- ``grader.course``: course folders, notebooks, releases.
- ``grader.grading``: a submission's road from intake to the gradebook.
- ``grader.reports``: feedback pages and the table of scores.
- ``grader.cli``, ``grader.commands``: the ``grader`` command.

Importing ``grader`` itself loads none of torch, transformers, nbgrader or MkDocs.
"""

__version__ = "0.1.0"
