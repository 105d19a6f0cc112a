"""A treebank of three sentences and a model of two layers with random weights."""

import pytest

from support.tiny_bert import save_tiny_bert

TREEBANK = """\
# sent_id = 1
# text = I don't see cats.
1\tI\tI\tPRON\t_\t_\t4\tnsubj\t_\t_
2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
2\tdo\tdo\tAUX\t_\t_\t4\taux\t_\t_
3\tn't\tnot\tPART\t_\t_\t4\tadvmod\t_\t_
4\tsee\tsee\tVERB\t_\t_\t0\troot\t_\t_
5\tcats\tcat\tNOUN\t_\t_\t4\tobj\t_\tSpaceAfter=No
6\t.\t.\tPUNCT\t_\t_\t4\tpunct\t_\t_

# sent_id = 2
# text = Cats sat (can't).
1\tCats\tcat\tNOUN\t_\t_\t2\tnsubj\t_\t_
2\tsat\tsit\tVERB\t_\t_\t0\troot\t_\t_
2.1\tthere\tthere\tADV\t_\t_\t_\t_\t2:advmod\t_
3\t(\t(\tPUNCT\t_\t_\t2\tpunct\t_\tSpaceAfter=No
4-5\tcan't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
4\tca\tcan\tAUX\t_\t_\t2\tparataxis\t_\t_
5\tn't\tnot\tPART\t_\t_\t4\tadvmod\t_\t_
6\t)\t)\tPUNCT\t_\t_\t2\tpunct\t_\tSpaceAfter=No
7\t.\t.\tPUNCT\t_\t_\t2\tpunct\t_\t_

# sent_id = 3
# text = Hi
1\tHi\thi\tINTJ\t_\t_\t0\troot\t_\t_
"""


@pytest.fixture
def treebank(tmp_path):
    """The path of the treebank."""
    path = tmp_path / "small.conllu"
    path.write_text(TREEBANK, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    """A loaded random BERT of 2 layers, 2 heads and 16 positions."""
    from grader.capture import load_model

    folder = tmp_path_factory.mktemp("tiny")
    pieces = "i do n ' t see cat ##s sat ( ca ) . hi"
    return load_model(str(save_tiny_bert(folder, pieces, initializer_range=2.0)))
