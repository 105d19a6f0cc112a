"""Every mistake in a fence is one sentence with file, line and repair, all in one run."""

import pytest
from pymdownx.superfences import SuperFencesException

GOOD = """\
view: head
text: The cat sat.
layer: 1
heads: [2]
caption: A head
"""


def fence(body=GOOD, name="attention", indent=""):
    lines = [f"```{name}", *body.splitlines(), "```"]
    return "".join(f"{indent}{line}\n" for line in lines)


def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_a_good_fence_is_a_figure_and_says_nothing(convert, said):
    html = convert(fence())
    assert html.count('<figure class="attention-view"') == 1
    assert said() == []


def test_a_fence_may_name_another_model(convert, said):
    html = convert(fence(GOOD + "model: other\n"))
    assert 'data-model="other"' in html
    assert 'data-model="' not in convert(fence())
    assert said() == []


def test_a_model_that_is_not_there_is_said_at_its_line(convert, said):
    convert(fence(GOOD + "model: missing\n"))
    assert "page.md:7: there is no missing" in "\n".join(said()), said()


def test_a_fence_is_drawn_in_lists_and_admonitions(convert, said):
    text = f"- an item\n\n{fence(indent='    ')}\n!!! note\n\n{fence(indent='    ')}"
    assert convert(text).count("<figure") == 2
    assert said() == []


@pytest.mark.parametrize(
    ("query", "position"),
    [("dog", 5), ("the 1st the", 1), ("the 2nd the", 4), ("The 2nd THE", 4), ("the 1st dog", 5)],
)
def test_a_query_that_stands_several_times_is_counted(convert, said, query, position):
    """[CLS] the cat saw the dog . [SEP]"""
    html = convert(fence(changed("The cat sat.", "The cat saw the dog.") + f"query: {query}\n"))
    assert f'data-query="{position}"' in html
    assert said() == []


@pytest.mark.parametrize(
    ("body", "line", "sentence"),
    [
        (
            changed("view: head", "view: haed"),
            2,
            "no view is called 'haed'; known: generation, head, heatmap, model, neuron",
        ),
        (
            changed("view: head", "view: neuron") + "query: cat\nwords: true\n",
            8,
            "a word of several pieces has no query and key of its own; take words: true away",
        ),
        (
            changed("view: head", "view: neuron"),
            1,
            "a neuron view unfolds the row of one token; add query: and a token that stands once",
        ),
        (
            changed("view: head\n", ""),
            1,
            "no view is named; add a line like view: head "
            "(known: generation, head, heatmap, model, neuron)",
        ),
        (
            changed("layer", "laier"),
            4,
            "no option is called 'laier'; known: caption, exact, heads, layer, layers, model, "
            "other, pair, query, sentence, text, view, words",
        ),
        (
            changed("layer: 1", "layer: 99"),
            4,
            "layer 99 does not exist; this model has layers 0 to 1",
        ),
        (
            changed("layer: 1", "layer: -1"),
            4,
            "layer -1 does not exist; this model has layers 0 to 1",
        ),
        (changed("[2]", "[2, 3]"), 5, "head 3 does not exist; this model has heads 0 to 2"),
        (changed("layer: 1\n", ""), 1, "a head view needs a layer; add layer: 0"),
        (changed("heads: [2]\n", ""), 1, "a head view needs heads; add heads: [0]"),
        (changed("[2]", "2"), 5, "heads: is 2; write a list like [11]"),
        (
            changed("[2]", "[2, 2]"),
            5,
            "heads: is [2, 2]; write different whole numbers like [11]",
        ),
        (changed("layer: 1", "layer: true"), 4, "layer: is True; write a whole number"),
        (
            changed("view: head", "view: heatmap").replace("[2]", "[1, 2]"),
            5,
            "a heat map shows exactly one head; write heads: [0]",
        ),
        (
            changed("The cat sat.", ""),
            3,
            "'text:' is empty; give a text or leave the line out",
        ),
        (
            changed("The cat sat.", '" "'),
            3,
            "'text:' is empty; give a text or leave the line out",
        ),
        (
            changed("text: The cat sat.\n", ""),
            1,
            "give the sentence once; write text: and the sentence, "
            "or sentence: and a name of [sentences] in claims.toml",
        ),
        (
            changed("text: The cat sat.", "sentence: dog"),
            3,
            "no sentence is called 'dog'; known: cat, telescope",
        ),
        (
            changed("The cat sat.", "猫坐着。"),
            3,
            "'猫' would be an empty box in a picture on machines without its font; "
            "show an English sentence and gloss it in the caption",
        ),
        (
            changed("The cat sat.", " ".join(["cat"] * 30)),
            3,
            "the text has too many tokens; shorten it.",
        ),
        (
            GOOD + "query: dog\n",
            7,
            "query: 'dog' stands nowhere in: [CLS] the cat sat . [SEP]; "
            "name a token that stands there once, or say which: the 2nd samuel",
        ),
        (
            GOOD + "query: the 3rd cat\n",
            7,
            "query: 'cat' stands once in: [CLS] the cat sat . [SEP]; "
            "name a token that stands there once, or say which: the 2nd samuel",
        ),
        (
            changed("caption: A head", "caption:"),
            6,
            "'caption:' is empty; give a text or leave the line out",
        ),
        (
            changed("caption: A head\n", ""),
            1,
            "the figure has no caption; add caption: what to see in it",
        ),
        (
            changed("A head", "A head: this one"),
            6,
            "not YAML: mapping values are not allowed here; put the value into quotes",
        ),
        (GOOD + "layer: 0\n", 7, "option 'layer' stands twice; keep one"),
        ("just words\n", 1, "this fence has no options; write lines like view: head"),
        ("", 1, "this fence has no options; write lines like view: head"),
        (
            changed("A head", "no [[claim:page.nothing]]"),
            6,
            "no claim is called 'page.nothing'; known: telescope.n",
        ),
    ],
)
def test_a_wrong_option_is_said_with_its_line_and_repair(convert, said, body, line, sentence):
    claims = """
        [sentences]
        cat = "The cat sat."
        telescope = "I saw the man."
        [claim.telescope.n]
        statement = {zh = "几个", en = "how many"}
        measure = "n_tokens"
        sentence = "cat"
        expected = 6
    """
    html = convert(fence(body), claims=claims)
    assert said() == [f"lessons/en/page.md:{line}: {sentence}"]
    assert "failure" in html


def test_lines_count_front_matter_and_places_inside_others(convert, said):
    text = f"---\ntitle: A page\n---\n\n# Heading\n\n- item\n\n{fence('view: nope', indent='    ')}"
    convert(text)
    assert said()[0].startswith("lessons/en/page.md:10: no view is called 'nope'")


def test_all_problems_of_a_page_are_said_in_one_run(convert, said):
    convert(
        fence(changed("view: head", "view: nope"))
        + fence(changed("layer: 1", "layer: 7"))
        + fence(name="atention")
        + "text [[claim:no.claim]] and [[cite:nobody]]\n\n```attention\nview: head\n"
    )
    places = sorted(int(sentence.split(":")[1]) for sentence in said())
    assert places == [2, 11, 15, 22, 22, 24]


@pytest.mark.parametrize("name", ["atention", "Attention", "attentions", "attetnion", "attension"])
def test_a_misspelt_fence_name_is_said(convert, said, name):
    convert(fence(name=name))
    assert said() == [
        f"lessons/en/page.md:1: no fence is called {name!r}; write ```attention",
    ]


@pytest.mark.parametrize("name", ["python", "text", "console", "diff", "action", "mermaid", ""])
def test_other_fences_are_nobody_s_business(convert, said, name):
    convert(fence(name=name))
    assert said() == []


@pytest.mark.parametrize("header", ["attention view=head", "{.attention}", "{ .attention #x }"])
def test_options_in_the_first_line_are_refused(convert, said, header):
    convert(fence(name=header))
    assert said() == [
        "lessons/en/page.md:1: nothing else may stand in the first line of this attention fence; "
        "write ```attention and put options into the lines below"
    ]


def test_an_unclosed_fence_is_said_where_it_opens(convert, said):
    convert("text\n\n```attention\nview: head\n\nmore text\n")
    assert said() == ["lessons/en/page.md:3: this fence is never closed; add a line with ```"]


def test_a_longer_line_does_not_close_a_fence(convert, said):
    convert("```attention\nview: head\n````\n")
    assert said() == ["lessons/en/page.md:1: this fence is never closed; add a line with ```"]


def test_a_fence_whose_end_is_not_indented_like_its_start_is_said(convert, said):
    convert("- item\n\n    ```attention\n    view: head\n```\n\ntext\n")
    assert said() == [
        "lessons/en/page.md:3: this attention fence was not read as one; "
        "indent its lines and its end exactly like its first line"
    ]


def test_a_fence_shown_inside_a_longer_one_is_text(convert, said):
    html = convert(f"````\n{fence('view: nonsense')}````\n")
    assert said() == []
    assert "line=" not in html


def test_a_formatter_that_breaks_stops_the_build(convert, monkeypatch):
    """Superfences swallows every other exception and prints the fence as code."""
    monkeypatch.setattr("attention_views.extension.figure_html", lambda *a, **b: 1 / 0)
    with pytest.raises(SuperFencesException, match=r"lessons/en/page\.md:3: ZeroDivisionError"):
        convert("text\n\n" + fence())


def test_superfences_still_swallows_other_exceptions(convert, monkeypatch, said):
    """The control of the test above: without our exception the build would go on in silence."""
    monkeypatch.setattr("attention_views.extension.SuperFencesException", RuntimeError)
    monkeypatch.setattr("attention_views.extension.figure_html", lambda *a, **b: 1 / 0)
    assert "<figure" not in convert(fence())
    assert said() == []
