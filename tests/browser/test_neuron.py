"""The neuron view: what is drawn, printed and said is the tensor's, from q and k to the weight."""

from dataclasses import replace

import numpy as np
import pytest

from attention_views.pack import neuron_key, pack_neuron

DRAWN = '[data-state="drawn"]'
SIZE = 8
SCORES = ".dotproduct"


@pytest.fixture(scope="module")
def thinking(cat):
    """Thirteen tokens whose weights come from queries and keys of eight numbers."""
    draw = np.random.default_rng(5).normal
    queries, keys = (draw(0, 2, (6, 12, 13, SIZE)).astype(np.float32) for _ in range(2))
    scores = queries @ keys.swapaxes(-1, -2) / np.sqrt(SIZE)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return replace(cat, weights=weights, queries=queries, keys=keys)


@pytest.fixture
def neuron_page(pages, open_page, thinking):
    """The neuron view of L5H11, unfolded at `it`."""
    key = neuron_key(thinking, 5)
    path = pages.folder / "assets/views/data" / f"{key}.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pack_neuron(thinking, 5))
    page = open_page(pages.page(pages.figure("neuron", key, layer=5, heads=[11], query=8)))
    page.wait_for_selector(DRAWN)
    return page


def drawn(page, selector):
    values = "nodes => nodes.map(node => Number(node.dataset.value))"
    return np.array(page.eval_on_selector_all(selector, values))


def line(page):
    return page.locator(".attention-view__line").inner_text()


def score(attention, head, query, key):
    return attention.queries[5, head, query] @ attention.keys[5, head, key] / np.sqrt(SIZE)


def test_queries_keys_products_scores_and_weights_are_the_tensor_s(neuron_page, thinking):
    queries, keys = thinking.queries[5, 11], thinking.keys[5, 11]
    for kind, vectors in (("queries", queries), ("keys", keys), ("product", queries[8] * keys)):
        found = drawn(neuron_page, f".{kind} .element").reshape(13, SIZE)
        assert np.abs(found - vectors).max() <= 2e-3
    scores = keys @ queries[8] / np.sqrt(SIZE)
    assert np.abs(drawn(neuron_page, SCORES) - scores).max() <= 2e-3
    printed = neuron_page.locator("text.value").all_text_contents()
    assert np.abs(np.array(printed, float) - thinking.weights[5, 11, 8]).max() <= 0.005 + 1e-5


def test_another_token_and_another_head_unfold(neuron_page, thinking):
    neuron_page.locator(".leftText > g").nth(2).hover()
    scores = thinking.keys[5, 11] @ thinking.queries[5, 11, 2] / np.sqrt(SIZE)
    assert np.abs(drawn(neuron_page, SCORES) - scores).max() <= 2e-3
    neuron_page.mouse.move(1, 1)
    neuron_page.locator("button[aria-pressed]").nth(0).click()
    scores = thinking.keys[5, 0] @ thinking.queries[5, 0, 8] / np.sqrt(SIZE)
    assert np.abs(drawn(neuron_page, SCORES) - scores).max() <= 2e-3


def test_the_line_says_score_and_weight_by_keyboard(neuron_page, thinking):
    neuron_page.locator(".attention-view__drawing").focus()
    neuron_page.keyboard.type("l5h3")
    for _ in range(3):
        neuron_page.keyboard.press("ArrowRight")
    weight, raw = thinking.weights[5, 3, 8, 2], score(thinking, 3, 8, 2)
    assert line(neuron_page) == f"L5H3: it → cat {weight:.2f} (score {raw:.2f})"
    neuron_page.keyboard.type("l2h3")
    assert line(neuron_page) == "this figure holds layer 5 only"


def test_the_tables_hold_the_head_s_weights_and_scores(neuron_page, thinking):
    neuron_page.locator("summary").click()
    neuron_page.wait_for_selector("td data")
    values = "nodes => nodes.map(node => Number(node.value))"
    found = np.array(neuron_page.eval_on_selector_all("td data", values)).reshape(2, 13, 13)
    assert np.abs(found[0] - thinking.weights[5, 11]).max() <= 1e-5
    scores = thinking.queries[5, 11] @ thinking.keys[5, 11].T / np.sqrt(SIZE)
    assert np.abs(found[1] - scores).max() <= 2e-3


def test_on_a_phone_numbers_scores_and_weights_lie_within_the_width(
    open_page, neuron_page, thinking
):
    page = open_page(neuron_page.url, width=390, height=844, touch=True)
    page.wait_for_selector(DRAWN)
    box = page.locator(".attention-view__drawing").evaluate(
        "box => [box.scrollWidth, box.clientWidth, box.scrollHeight, box.clientHeight]"
    )
    assert box[0] <= box[1]
    assert box[2] <= box[3]
    scores = thinking.keys[5, 11] @ thinking.queries[5, 11, 8] / np.sqrt(SIZE)
    assert np.abs(drawn(page, "text.score") - scores).max() <= 2e-3
    printed = page.locator("text.value").all_text_contents()
    assert np.abs(np.array(printed, float) - thinking.weights[5, 11, 8]).max() <= 0.005 + 1e-5
    page.locator("rect.target").nth(3).tap()
    assert line(page).startswith("L5H11: sat → ")
    scores = thinking.keys[5, 11] @ thinking.queries[5, 11, 3] / np.sqrt(SIZE)
    assert np.abs(drawn(page, "text.score") - scores).max() <= 2e-3
