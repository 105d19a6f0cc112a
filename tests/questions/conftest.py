import json
import textwrap

import pytest

from grader.questions import MIME, Answer, bundle, encode_answer, judge, load_exercise
from support.fake_model import FakeModel

EXERCISE = """
title = {zh = "试题", en = "A trial"}
minutes = 5
route = "tool"
points = 13

[[variant]]
sentence = "I saw the man with it"
control = "I saw the man there with it"
subject = "I"
verb = "saw"
noun = "man"

[[variant]]
sentence = "I saw a man with them"
control = "I saw a man there with them"
subject = "I"
verb = "saw"
noun = "man"

[measure.subject]
weight = {text = "{sentence}", query = "with", key = "{subject}"}
[measure.verb]
weight = {text = "{sentence}", query = "with", key = "{verb}"}
[measure.noun]
weight = {text = "{sentence}", query = "with", key = "{noun}"}
[measure.subject_control]
weight = {text = "{control}", query = "with", key = "{subject}"}
[measure.noun_control]
weight = {text = "{control}", query = "with", key = "{noun}"}
[measure.positional.previous_token]
texts = ["one two three four", "a b c d e"]

[question.array]
kind = "array"
points = 1
title = {zh = "数组", en = "The array"}
text = "{sentence}"
[question.array.criterion]
shape = {points = 0.25, label = {zh = "形状", en = "Shape"}}
rows = {points = 0.25, label = {zh = "行", en = "Rows"}}
weights = {points = 0.5, label = {zh = "权重", en = "Weights"}}
[question.array.hint]
transposed = {zh = "行列对调。", en = "Rows and columns."}
batch = {zh = "多一个轴。", en = "An axis too many."}
axes = {zh = "轴的顺序。", en = "The order of the axes."}
few_tokens = {zh = "词元少了。", en = "Tokens are missing."}
few_layers = {zh = "层少了。", en = "Layers are missing."}
no_softmax = {zh = "有负数。", en = "Negative."}
dropout = {zh = "随机丢弃。", en = "Dropout."}

[question.means]
kind = "values"
points = 3
title = {zh = "平均", en = "Means of {noun}"}
[question.means.value.mean_noun]
number = {mean = "noun"}
[question.means.value.most]
yes_no = {share_of_heads = "noun", above = "subject"}
threshold = 0.5
near = 0.01
[question.means.value.larger]
largest = {subject = {mean = "subject"}, noun = {mean = "noun"}}
near = 0.005
[question.means.criterion]
mean_noun = {points = 1, label = {zh = "{noun} 的平均", en = "Mean of {noun}"}}
most = {points = 1, label = {zh = "多数", en = "Most heads"}}
larger = {points = 1, label = {zh = "较大", en = "The larger"}}
[question.means.hint]
transposed = {zh = "行列对调。", en = "Rows and columns."}
special_token = {zh = "这是 [CLS]。", en = "This is [CLS]."}
one_layer = {zh = "只是一层。", en = "One layer only."}
not_a_mean = {zh = "不是平均值。", en = "Not a mean."}

[question.clear]
kind = "head"
points = 3
title = {zh = "分得清", en = "Clear"}
of = "noun"
against = "subject"
apart = {at_least = 0.6, half_at = 0.4}
control = {of = "noun_control", against = "subject_control", keeps = 0.5, either = [0.4, 0.6]}
[question.clear.criterion]
head = {points = 1, label = {zh = "头", en = "Head"}}
weights = {points = 1, label = {zh = "权重", en = "Weights"}}
control = {points = 1, label = {zh = "对照", en = "Control"}}
[question.clear.hint]
half = {zh = "比差值。", en = "Compare differences."}
special_token = {zh = "这是 [CLS]。", en = "This is [CLS]."}
counted_from_one = {zh = "从 0 数起。", en = "Count from 0."}
other_sentence = {zh = "另一句。", en = "The other sentence."}
swapped = {zh = "填反了。", en = "Swapped."}
swapped_numbers = {zh = "层和头反了。", en = "Layer and head."}

[question.best]
kind = "head"
points = 1
title = {zh = "最大", en = "The most"}
of = "noun"
against = "verb"
most = {share_of_best = 0.9, near = 0.005}
outside = {measure = "positional", at_least = 0.5}
[question.best.criterion]
head = {points = 0.5, label = {zh = "头", en = "Head"}}
weights = {points = 0.5, label = {zh = "权重", en = "Weights"}}
[question.best.hint]
positional = {zh = "只看位置。", en = "Position only."}
other_side = {zh = "方向反了。", en = "The other direction."}

[question.own]
kind = "sentences"
points = 1.5
title = {zh = "自己的句子", en = "Own sentences"}
sentences = ["first", "second"]
query = "with"
not_these = ["{sentence}"]
max_pieces = 12
near = 0.02
[question.own.criterion]
first = {points = 0.5, label = {zh = "第一句", en = "First"}}
second = {points = 0.5, label = {zh = "第二句", en = "Second"}}
sides = {points = 0.5, label = {zh = "哪一边", en = "Sides"}}
[question.own.hint]
sides = {zh = "比较正负号。", en = "Compare signs."}
transposed = {zh = "行列对调。", en = "Rows and columns."}
special_token = {zh = "这是 [CLS]。", en = "This is [CLS]."}

[question.claim]
kind = "choice"
points = 0.5
title = {zh = "哪一句", en = "Which"}
key = "b"
[question.claim.option]
a = {zh = "甲", en = "A"}
b = {zh = "乙", en = "B"}
[question.claim.criterion]
choice = {points = 0.5, label = {zh = "选择", en = "Choice"}}
[question.claim.hint]
wrong_choice = {zh = "再想想。", en = "Think again."}

[question.softmax]
kind = "function"
points = 2
title = {zh = "写一个 softmax", en = "Write a softmax"}
reference = "softmax"
tolerance = 1e-6
because = {zh = "双精度的误差", en = "double precision"}
[question.softmax.criterion]
ordinary = {points = 1, label = {zh = "普通的行", en = "Ordinary rows"}}
large = {points = 1, label = {zh = "很大的得分", en = "Large scores"}}
[question.softmax.hint]
axis = {zh = "轴不对。", en = "Another axis."}
not_finite = {zh = "先减去最大值。", en = "Subtract the maximum first."}
raised = {zh = "先在小例子上试。", en = "Try it on a small case."}

[question.why]
kind = "written"
points = 1
title = {zh = "为什么", en = "Why"}
rubric = {zh = "说到 softmax。", en = "Names the softmax."}
[question.why.criterion]
written = {points = 1, label = {zh = "书面", en = "Written"}}
"""

PROBES = """
[softmax.class.ordinary]
public = true
count = 2
matrix = {rows = [2, 4], columns = [2, 4], low = -3, high = 3}
[softmax.class.large]
count = 2
matrix = {rows = [2, 3], columns = [4, 5], low = 800, high = 1000}
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("exercises") / "trial"
    path.mkdir()
    (path / "questions.toml").write_text(textwrap.dedent(EXERCISE), "utf-8")
    (path / "probes.toml").write_text(textwrap.dedent(PROBES), "utf-8")
    return path


@pytest.fixture(scope="session")
def exercise(folder):
    return load_exercise(folder)


@pytest.fixture
def model():
    return FakeModel()


@pytest.fixture
def ask(exercise, model):
    """Judge a value as the answer to a question of the trial exercise."""

    def judged(name, value, probes=None, variant=0):
        question = exercise.questions[name]
        given = Answer(question.id, variant, model.sha256, value)
        return judge(question, exercise.variants[variant], given, model, probes)

    return judged


@pytest.fixture
def cell():
    """The JSON text of a check cell's outputs that holds the given answers to `trial.means`."""

    def outputs(*answers, question="trial.means", variant=0, model="", **changes):
        shown = []
        for value in answers:
            found = bundle(question, variant, model, encode_answer(value)) | changes
            shown.append({"output_type": "display_data", "data": {MIME: found}, "metadata": {}})
        return json.dumps(shown)

    return outputs
