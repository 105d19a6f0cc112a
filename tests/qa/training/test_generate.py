"""Invented examples are right by construction, and held-out words and facts stay out."""

import tomllib

from grader.qa.training.generate import SLOT, TEMPLATES, Generator

DRAWN = {"year", "day", "number", "made_up"}


def draw(n, seed=0, **choice):
    generator = Generator(seed, **choice)
    return [generator.example() for _ in range(n)]


def templates():
    return tomllib.loads(TEMPLATES.read_text(encoding="utf-8"))


def test_the_same_seed_draws_the_same_examples():
    assert draw(50) == draw(50)
    assert draw(50) != draw(50, seed=1)


def test_the_best_answer_stands_where_the_example_says():
    for example in draw(500):
        if example.answers:
            found = example.context[example.start :][: len(example.answers[0])]
            assert found.lower() == example.answers[0].lower()


def test_nothing_of_a_template_is_left_in_an_example():
    for example in draw(500):
        assert not set("{}[]|/") & set(example.question + example.context)


def test_about_one_example_in_eight_has_no_answer():
    share = sum(not example.answers for example in draw(2000)) / 2000
    assert 0.10 < share < 0.15


def test_an_article_fits_its_word():
    text = " ".join(example.context for example in draw(1000))
    assert " an old " in text
    assert " a old " not in text


def test_held_out_words_are_never_drawn_for_training():
    words = templates()["words"]
    last_names = words["last"].split()
    held_out = set(last_names[-(len(last_names) // 4) :])
    seen = {word.strip(".,'s") for e in draw(1000) for word in e.context.split()}
    assert "Smith" in seen
    assert not held_out & seen
    new = {word.strip(".,'s") for e in draw(300, held_out_words=True) for word in e.context.split()}
    assert held_out & new


def test_held_out_facts_are_never_drawn_for_training():
    assert not any("capital" in example.context for example in draw(1000))
    assert any("capital" in example.context for example in draw(100, held_out_facts=True))


def test_every_slot_of_a_template_can_be_filled():
    read = templates()
    known = DRAWN | set(read["words"]) | set(read["phrases"])
    texts = [t for options in read["phrases"].values() for t in options]
    for fact in read["fact"]:
        texts += [*fact["sentences"], *(part for asked in fact["questions"] for part in asked)]
    for text in texts:
        assert {slot["kind"] for slot in SLOT.finditer(text)} <= known, text


def slots(text, phrases=None):
    found = {slot["kind"] + (slot["which"] or "") for slot in SLOT.finditer(text)}
    parts = [slots(p) for kind in found & set(phrases or ()) for p in phrases[kind]]
    return found.union(*parts)


def test_every_question_is_answered_by_some_sentence():
    read = templates()
    for fact in read["fact"]:
        for asked, *answers in fact["questions"]:
            assert any(
                slots(asked) | slots(answer) <= slots(sentence, read["phrases"])
                and all(w.lower() in sentence.lower() for w in SLOT.sub(" ", answer).split())
                for sentence in fact["sentences"]
                for answer in answers
            ), f"{asked} cannot be asked of {fact['sentences']}"
