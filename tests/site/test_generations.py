"""Texts that a model wrote: kept, packed, named in a fence, drawn without a script."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from attention_views import generations
from attention_views.generation_fence import (
    generation_html,
    is_generation,
    kept_for,
    read_generation,
    shown_in,
)
from attention_views.generations import (
    FOLDER,
    KeptGeneration,
    compute,
    keep,
    kept_name,
    pack_generation,
    pack_rows,
    read_kept,
)
from attention_views.problems import MarkError
from grader.errors import CourseError
from support.live_smollm2 import smollm2_file
from support.written import random_generation

LESSONS = Path(__file__).parents[2] / "lessons"


def fence(**options):
    options = {"view": "generation", "text": "A B C", "write": 4, "caption": "Words."} | options
    return "\n".join(f"{name}: {value}" for name, value in options.items() if value is not None)


@pytest.fixture
def kept(tmp_path):
    made = random_generation(["A", " B", " C"], [" D", " E", "\n", " F"])
    keep(made, 4, tmp_path)
    return tmp_path, made


def test_what_was_kept_is_read_again(kept):
    folder, made = kept
    assert read_kept("A B C", 4, folder) == made


def test_rows_survive_packing_within_half_a_byte():
    rows = [np.random.default_rng(step).dirichlet(np.ones(3 + step), (2, 3)) for step in range(4)]
    made = KeptGeneration(
        "A", list("ABCDEFG"), 3, [2, 3], [], "", generations.packed_base64(pack_rows(rows))
    )
    for step, row in enumerate(rows):
        assert np.abs(made.row(step) - row).max() <= 0.002


def test_what_is_not_kept_says_how_it_is_made(tmp_path):
    with pytest.raises(CourseError, match=r"python -m attention_views\.keep_generations"):
        read_kept("A B C", 4, tmp_path)


def test_two_texts_with_the_same_first_words_have_two_names():
    assert kept_name("The cat sat on the mat", 3) != kept_name("The cat sat on the hat", 3)
    assert kept_name("中国的首都是", 3).isascii()


def test_the_script_is_ascii_and_holds_no_end_of_itself(kept):
    made = random_generation(["</script>"], ["中"])
    text = pack_generation(made).decode("ascii")
    assert "</" not in text
    payload = json.loads(text[text.index(",") + 1 : -3])
    assert payload["tokens"] == ["</script>", "中"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"text": None}, "needs text"),
        ({"write": None}, "needs write"),
        ({"caption": None}, "needs caption"),
        ({"write": 0}, "at least one token"),
        ({"step": 4}, "steps go from 0 to 3"),
        ({"layer": 3}, "give both or neither"),
        ({"layer": 3, "heads": "[1, 2]"}, "one head, or the mean"),
        ({"query": "A"}, "no option is called 'query'"),
    ],
)
def test_a_wrong_option_is_answered_with_the_repair(options, sentence):
    with pytest.raises(MarkError, match=sentence):
        read_generation(fence(**options))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"token": "Z"}, "no token before this step reads 'Z'"),
        ({"token": "D"}, "no token before this step reads 'D'"),
        ({"layer": 30, "heads": "[0]"}, "there is no L30H0"),
        ({"text": "other"}, r"python -m attention_views\.keep_generations"),
    ],
)
def test_what_is_not_in_the_text_is_answered_with_the_repair(kept, options, sentence):
    with pytest.raises(MarkError, match=sentence):
        kept_for(read_generation(fence(**options)), kept[0])


def test_other_views_are_not_taken_for_this_one():
    assert is_generation(fence())
    assert not is_generation(fence(view="head"))
    assert not is_generation("[")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_figure_stands_without_a_script(kept, language):
    spec = read_generation(fence(step=2, token="B", layer=1, heads="[2]"))
    html = generation_html(spec, kept[1], caption="Words.", language=language)
    assert 'data-view="generation"' in html
    assert 'data-step="2" data-token="1"' in html
    assert html.count("<tr>") == 1 + 4  # a row for each step
    assert html.count("<svg") == 1
    assert "↵<br>" in html
    assert "<div" not in html.split("attention-view__still")[1].split(">", 1)[1].split("</div>")[0]


def test_every_fence_of_the_lessons_is_kept_and_nothing_else():
    wanted = {f"{kept_name(text, n)}.json" for text, n in shown_in(LESSONS)}
    assert wanted == {path.name for path in FOLDER.glob("*.json")}


def test_a_figure_of_the_lessons_is_at_most_120_kb():
    for text, n in shown_in(LESSONS):
        packed = gzip.compress(pack_generation(read_kept(text, n)), mtime=0)
        assert len(packed) <= 120_000, text


@pytest.mark.long
def test_what_is_kept_is_what_the_model_writes():
    smollm2_file()
    for text, n in shown_in(LESSONS):
        old, new = read_kept(text, n), compute(text, n)
        assert (new.tokens, new.prompt, new.model) == (old.tokens, old.prompt, old.model)
        for step in range(new.n_written):
            assert np.abs(old.row(step) - new.row(step)).max() <= 0.006  # a byte more or less
            assert [guess[0] for guess in old.guesses[step]] == [g[0] for g in new.guesses[step]]
