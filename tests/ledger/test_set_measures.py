"""Measures over sentence sets, on a model of which one knows what every head does.

L0H0 looks one step back, L0H1 at [CLS], L0H2 at all tokens alike; the heads of layer 1 look at
themselves.
"""

import json

import numpy as np
import pytest

from grader.attention import Attention
from grader.ledger import attachment, coreference, norm_shares, positions, relations, sets, studies
from grader.ledger.sets import MeasureError

RELATIONS = """text\trelations
Small dogs chase cats\tobject-verb cats@3 chase@2; adjective-noun Small@0 dogs@1
Dogs chase small cats\tobject-verb cats@3 chase@1; adjective-noun small@2 cats@3
"""


@pytest.fixture(autouse=True)
def folder(tmp_path):
    (tmp_path / "marked.tsv").write_text(RELATIONS)
    with sets.data_in(tmp_path):
        yield tmp_path


def test_the_head_that_looks_back_finds_what_stands_before(attend):
    arguments = {"query": "object", "key": "verb"}
    assert relations.relation_head(attend, "marked", **arguments) == "L0H0"
    assert relations.relation_accuracy(attend, "marked", select="marked", **arguments) == 0.5
    assert relations.relation_weight(attend, "marked", head="L0H0", **arguments) == 0.5
    assert relations.relation_accuracy(attend, "marked", head="L0H1", **arguments) == 0


def test_the_baseline_of_a_relation_looks_at_no_model(attend):
    arguments = {"report": "marked", "query": "noun", "key": "adjective"}
    assert relations.relation_offset(attend, **arguments) == -1
    assert relations.relation_baseline(attend, **arguments) == 1
    assert relations.relation_count(attend, **arguments) == 2


def test_positions_are_averaged_over_all_words_but_first_and_last(attend):
    given = ["marked"]
    assert positions.word_offset_head(attend, given, -1) == "L0H0"
    assert positions.word_offset_score(attend, given, "L0H0", -1) == 1
    assert positions.word_offset_deviation(attend, given, "L0H0", -1) == 0
    assert positions.mass_score(attend, given, "L0H1", "first") == 1
    assert positions.mass_head(attend, given, "special") == "L0H1"
    assert positions.largest_mass(attend, given, "last") == pytest.approx(1 / 6)
    assert positions.spread_head(attend, given) == "L0H2"
    assert positions.spread_score(attend, given, "L0H2") == pytest.approx(1)
    assert positions.window_score(attend, given, "L0H2", 1) == pytest.approx(3 / 6)


def test_delimiters_are_special_tokens_and_punctuation(attend, folder):
    (folder / "marks.tsv").write_text("text\nOne two three.\n")
    assert positions.mass_score(attend, ["marks"], "L0H2", "punctuation") == pytest.approx(1 / 6)
    assert positions.mass_score(attend, ["marks"], "L0H2", "delimiters") == pytest.approx(3 / 6)


def test_an_unknown_mass_is_answered_with_the_known_ones(attend):
    with pytest.raises(MeasureError, match="no keys are called 'comma'; known: delimiters, first"):
        positions.mass_score(attend, ["marked"], "L0H0", "comma")


def test_an_unknown_head_is_refused(attend):
    with pytest.raises(MeasureError, match="there is no head L2H0; this model has layers 0 to 1"):
        positions.spread_score(attend, ["marked"], "L2H0")


def looks(table):
    """A model of one head in which each named word gives all its weight to another one."""

    def attend(text):
        words = ["[CLS]", *text.replace(".", " .").split(), "[SEP]"]
        weights = np.full((1, 1, len(words), len(words)), 1 / len(words), dtype=np.float32)
        for query, key in table.items():
            if query in words and key in words:
                weights[0, 0, words.index(query)] = np.eye(len(words))[words.index(key)]
        return Attention(
            tokens=tuple(words),
            weights=weights,
            words=tuple(words),
            word_of=tuple(range(len(words))),
            text=text,
            pair=None,
            second_start=None,
            model="by table",
        )

    return attend


PRONOUNS = """kind\ttext\tpronoun\tantecedent\tother
gender\tTom saw Ann and she smiled\tshe@4\tAnn@2\tTom@0
gender\tTom saw Ann and he smiled\the@4\tTom@0\tAnn@2
number\tCups by the plate fell as they broke\tthey@6\tCups@0\tplate@3
"""


def test_a_pronoun_head_prefers_the_antecedent_to_the_other_noun(folder):
    (folder / "p.tsv").write_text(PRONOUNS)
    always_ann = looks({"she": "Ann", "he": "Ann"})
    assert coreference.pronoun_preference(always_ann, "p", "gender", "L0H0") == 0.5
    assert coreference.pronoun_accuracy(always_ann, "p", "gender", "L0H0") == 0.5
    right = looks({"she": "Ann", "he": "Tom"})
    assert coreference.pronoun_preference(right, "p", "gender", "L0H0") == 1
    assert coreference.pronoun_weight(right, "p", "gender", "L0H0") == 1
    assert coreference.pronoun_head(right, "p", "gender") == "L0H0"
    assert coreference.pronoun_count(right, "p", "number") == 1


def test_the_baselines_of_a_pronoun_name_always_the_first_or_the_nearest(folder):
    (folder / "p.tsv").write_text(PRONOUNS)
    assert coreference.pronoun_baseline(None, "p", "gender", "first") == 0.5
    assert coreference.pronoun_baseline(None, "p", "number", "first") == 1
    assert coreference.pronoun_baseline(None, "p", "number", "nearest") == 0


def test_an_unknown_kind_of_pronoun_is_answered_with_the_known_ones(folder):
    (folder / "p.tsv").write_text(PRONOUNS)
    with pytest.raises(MeasureError, match="no pronouns of kind 'case'; known: gender, number"):
        coreference.pronoun_count(None, "p", "case")


MEANING = (
    "text\tpronoun\tfirst\tsecond\tother_text\tother_pronoun\tother_first\tother_second\n"
    "cat on mat it tired\tit@3\tcat@0\tmat@2\tcat on mat it soft\tit@3\tcat@0\tmat@2\n"
)


def test_a_head_blind_to_the_deciding_word_shifts_in_no_pair(folder):
    (folder / "meaning.tsv").write_text(MEANING)
    assert coreference.meaning_shift(looks({"it": "cat"}), "L0H0") == 0
    assert coreference.meaning_both(looks({"it": "cat"}), "L0H0") == 0


def test_a_head_that_follows_the_deciding_word_shifts_and_is_right_in_both(folder):
    (folder / "meaning.tsv").write_text(MEANING)
    tired, soft = looks({"it": "cat"}), looks({"it": "mat"})

    def seeing(text):
        return tired(text) if "tired" in text else soft(text)

    assert coreference.meaning_shift(seeing, "L0H0") == 1
    assert coreference.meaning_both(seeing, "L0H0") == 1
    assert coreference.meaning_shift_count(seeing) == 1
    assert coreference.meaning_chance(seeing) == 0.5


def test_related_words_are_chosen_on_odd_and_reported_on_even_rows(folder):
    header = "text\tquery\tkey\tcontrol_text\tcontrol_query\tcontrol_key\n"
    odd = "sun moon\tmoon@1\tsun@0\tsun fork\tfork@1\tsun@0\n"
    even = "salt web\tweb@1\tsalt@0\tsalt pepper\tpepper@1\tsalt@0\n"
    (folder / "related.tsv").write_text(header + odd + even)
    attend = looks({"moon": "sun", "pepper": "salt"})
    assert coreference.related_head(attend) == "L0H0"
    assert coreference.related_preference(attend, "L0H0") == 0
    assert coreference.related_weight(attend, "L0H0") == pytest.approx((1 + 0.25) / 2)


ATTACHMENT = (
    "beginning\tverb\tnoun\tpreposition\tnoun_reading\tverb_reading\topen_reading\n"
    "I saw men\tsaw\tmen\twith\thats\tglass\ttubes\n"
    "I met men\tmet\tmen\twith\tcaps\ttime\tcare\n"
)


def test_an_adverb_takes_all_from_a_head_that_only_looks_back(attend, folder):
    (folder / "attachment.tsv").write_text(ATTACHMENT)
    assert attachment.adverb_weight(attend, "L0H0", "noun", False) == 1
    assert attachment.adverb_weight(attend, "L0H0", "noun", True) == 0
    assert attachment.adverb_weight(attend, "L0H2", "verb", True) == pytest.approx(1 / 9)


def test_a_head_that_hears_the_ending_only_where_a_phrase_is_attached(folder):
    (folder / "attachment.tsv").write_text(ATTACHMENT)
    to_noun, to_verb = looks({"with": "men"}), looks({"with": "saw"})

    def hears(text):
        return (to_noun if "hats" in text or "caps" in text else to_verb)(text)

    assert attachment.attachment_count(hears, "L0H0") == 2
    assert attachment.attachment_share(hears, "L0H0", "control") == 0
    assert attachment.attachment_shift(hears, "L0H0") > 10
    assert attachment.attachment_excess_head(hears) == "L0H0"
    assert attachment.attachment_excess(hears, "L0H0") > 1


def test_an_unknown_frame_is_answered_with_the_known_ones(attend, folder):
    (folder / "attachment.tsv").write_text(ATTACHMENT)
    with pytest.raises(MeasureError, match="no frame is called 'row'; known: control, object"):
        attachment.attachment_share(attend, "L0H0", "row")


def test_the_share_of_the_first_token_of_all_weight(attend):
    assert norm_shares.first_weight(attend, ["marked"], "L0H1") == 1
    assert norm_shares.first_weight(attend, ["marked"], "L0H2") == pytest.approx(1 / 6)
    assert norm_shares.first_weight_head(attend, ["marked"]) == "L0H1"


def test_figures_of_a_study_are_printed_as_the_command_wrote_them(folder):
    rows = [
        {"relation": "all", "accuracy": 0.4, "verdict": "above"},
        {"relation": "obj", "accuracy": 0.7, "verdict": "above"},
        {"relation": "fixed", "accuracy": 0.9, "verdict": "neither"},
    ]
    sides = {"select": {"sentences": 3}, "report": {"sentences": 4}}
    (folder / "study-x.json").write_text(json.dumps({"rows": rows} | sides))
    assert studies.study_value(None, "study-x", "obj", "accuracy") == 0.7
    assert studies.study_relations(None, "study-x") == 2
    assert studies.study_relations(None, "study-x", "neither") == 1
    assert studies.study_sentences(None, "study-x", "report") == 4
    with pytest.raises(MeasureError, match="has no relation 'det'; known: all, fixed, obj"):
        studies.study_value(None, "study-x", "det", "accuracy")
    with pytest.raises(MeasureError, match="no study is called 'study-y'; known: study-x"):
        studies.study_relations(None, "study-y")


def test_a_head_that_rounding_alone_moves_has_no_t_value():
    changes = np.zeros((4, 1, 2))
    changes[:, 0, 0] = [1e-5, 2e-5, 1e-5, 2e-5]  # always the same way: t would be above 5
    changes[:, 0, 1] = [0.5, 0.004, -0.2, 0.1]
    kept = attachment.without_rounding(changes)
    assert (attachment._t(kept)[0, 0], attachment._t(changes)[0, 0] > 5) == (0, True)
    assert np.array_equal(kept[:, 0, 1], changes[:, 0, 1])
