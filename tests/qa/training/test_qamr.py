"""QAMR's tables become questions on contexts, and the parts never mix."""

import random

import pytest

from grader.qa.training.qamr import Contexts, detokenize, part_of, read_qamr


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("He said : `` Go ! ''", 'He said: "Go!"'),
        ("The dog 's bone -LRB- old -RRB- is n't here .", "The dog's bone (old) isn't here."),
    ],
)
def test_tokens_are_joined_as_one_would_write_them(tokens, text):
    joined, places = detokenize(tokens.split())
    assert joined == text
    assert all(text[a:b] for a, b in places)


def test_a_question_with_a_split_answer_is_left_out(qamr_folder):
    qamr = read_qamr(qamr_folder)
    assert len(qamr.sentences) == 18
    assert {item.question for item in qamr.items} == {"Who saw it?", "Where?", "What was seen?"}


def test_the_answer_to_learn_stands_where_the_item_says(qamr_folder):
    qamr = read_qamr(qamr_folder)
    item = qamr.items[1]
    assert qamr.sentences[item.sentence_id][item.start : item.end] == item.answers[0] == "in Rome"


def test_parts_share_no_sentence(qamr_folder):
    qamr = read_qamr(qamr_folder)
    parts = [set(qamr.part(name).sentences) for name in ("training", "choosing", "held out")]
    assert sum(len(part) for part in parts) == 18 == len(set.union(*parts))


def test_the_part_of_a_sentence_never_changes():
    ids = [f"Wiki1k:wikipedia:{n}:0:0" for n in range(20)]
    assert {n: part_of(i) for n, i in enumerate(ids) if part_of(i) != "training"} == PARTS


PARTS = {3: "choosing", 7: "held out", 9: "held out", 12: "held out", 14: "choosing"}


def test_contexts_have_one_to_seven_sentences_of_their_own_part(qamr_folder):
    qamr = read_qamr(qamr_folder).part("training")
    contexts = Contexts(qamr, random.Random(0))
    for _ in range(20):
        for item in qamr.items:
            example = contexts.example(item)
            sentences = example.context.count("saw")
            assert 1 <= sentences <= 7
            left = example.context
            for text in qamr.sentences.values():
                left = left.replace(text, "")
            assert not left.strip()
            if example.answers:
                answer = example.answers[0]
                assert example.context[example.start :].startswith(answer)
