"""A study on real text: does a head find a grammatical relation better than a fixed offset?

    grader study --select dev.conllu --report test.conllu --model minilm --out study

For each relation of Universal Dependencies the best head and direction are chosen on one treebank
and reported on another, beside the best fixed offset, with 95 % intervals. The method is that of
Clark et al. (2019), section 4.2.

| module | what it holds |
|---|---|
| ``treebank`` | CoNLL-U in: words, their places in the text, arcs |
| ``alignment`` | a sentence through the model; attention between the treebank's words out |
| ``arc_counts`` | every arc, and which heads find it in which direction |
| ``comparison`` | choosing, reporting, baseline, bootstrap |
| ``writing`` | CSV, Markdown, JSON and a plot |
| ``study`` | ``grader study`` |
"""

from grader.study.study import run

__all__ = ["run"]
