"""What matters, by experiment: leave a word out, silence a head, cut an edge, and see what changes.

Attention shows where a head looks; only a change shows what depends on it. Effects are distances:
1 minus the cosine of a vector before and after, 0 where nothing changes. A sentence's vector is the
mean over its tokens. The models are built like BERT; layers and heads count from 0.
"""

from collections.abc import Callable
from contextlib import contextmanager

import numpy as np
from jaxtyping import Float

from grader.attention import HeadId
from grader.capture import Model, load_model


def leave_one_out(text: str, *, model: str = "minilm") -> Float[np.ndarray, " token"]:
    """Return, for each token but the special ones, the effect on the sentence of leaving it out."""
    return load_model(model).leave_one_out(text)


def silence_heads(text: str, *, model: str = "minilm") -> Float[np.ndarray, "layer head"]:
    """Return the effect on the sentence of setting each head's output to zero."""
    import torch

    loaded, ids = _read(text, model)
    whole = _sentence(loaded, ids)[0]
    n_heads = loaded.network.config.num_attention_heads
    effects = []
    for layer in loaded.network.encoder.layer:

        def silence(module, arguments):
            # One copy of the sentence for each head; copy i loses head i.
            mixed = arguments[0].unflatten(-1, (n_heads, -1)).clone()
            own = torch.arange(n_heads)
            mixed[own, :, own] = 0
            return (mixed.flatten(-2), *arguments[1:])

        hook = layer.attention.output.dense.register_forward_pre_hook(silence)
        try:
            effects.append(1 - _sentence(loaded, ids.expand(n_heads, -1)) @ whole)
        finally:
            hook.remove()
    return torch.stack(effects).numpy()


def cut_edge(
    text: str, head: HeadId, query: int, key: int, *, model: str = "minilm"
) -> Float[np.ndarray, " token"]:
    """Return the effect on each token's output of taking one weight away.

    Args:
        text: one sentence.
        head: whose weight.
        query: row, a position in the tokens.
        key: column; its weight becomes 0 and the rest of the row sums to 1 again.
        model: as for ``load_model``.
    """
    import torch

    loaded, ids = _read(text, model)

    def cut(weights):
        weights[:, head.head, query, key] = 0
        weights[:, head.head, query] /= weights[:, head.head, query].sum(dim=-1, keepdim=True)

    before = _outputs(loaded, ids)
    with _edited(loaded, head.layer, cut):
        after = _outputs(loaded, ids)
    cosine = torch.nn.functional.cosine_similarity(before, after, dim=-1)[0]
    return torch.where((before == after).all(dim=-1)[0], 0.0, 1 - cosine).numpy()


def level_row(
    text: str, layer: int, query: int, *, model: str = "minilm"
) -> Float[np.ndarray, " token"]:
    """Return the largest change of each token's output when a row is the same to all keys.

    The row of every head of the layer; a change is a difference of numbers, not a distance: where
    it is 0, it is exactly 0.
    """
    loaded, ids = _read(text, model)

    def level(weights):
        weights[:, :, query] = 1 / weights.shape[-1]

    before = _outputs(loaded, ids)
    with _edited(loaded, layer, level):
        after = _outputs(loaded, ids)
    return (before - after).abs().amax(dim=-1)[0].numpy()


def rank_correlation(a: Float[np.ndarray, " n"], b: Float[np.ndarray, " n"]) -> float:
    """Return Spearman's rank correlation: 1 the same order, 0 unrelated, -1 reversed."""
    return float(np.corrcoef(_ranks(a), _ranks(b))[0, 1])


def _ranks(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Return places from 0; equals share the mean of their places."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts + 1) / 2)[inverse]


def _read(text: str, model: str):
    loaded = load_model(model)
    loaded.attend(text)  # refuses what is empty or too long
    return loaded, loaded.tokenizer(text, return_tensors="pt")["input_ids"]


def _outputs(loaded: Model, ids):
    """Return the last layer's vectors: text, token, size."""
    import torch

    with torch.inference_mode():
        return loaded.network(input_ids=ids).last_hidden_state


def _sentence(loaded: Model, ids):
    """Return each text's vector, of length 1: text, size."""
    import torch

    return torch.nn.functional.normalize(_outputs(loaded, ids).mean(dim=1), dim=-1)


@contextmanager
def _edited(loaded: Model, layer: int, edit: Callable):
    """Let `edit` change a layer's weights, text head query key, in place before they are used."""
    attention = loaded.network.encoder.layer[layer].attention.self

    def again(module, arguments, keywords, output):
        import torch

        states = arguments[0] if arguments else keywords["hidden_states"]
        weights = output[1].clone()
        edit(weights)
        values = module.value(states).unflatten(-1, (weights.shape[1], -1))
        mixed = torch.einsum("bhqk,bkhd->bqhd", weights, values).flatten(-2)
        return (mixed, weights)

    hook = attention.register_forward_hook(again, with_kwargs=True)
    try:
        yield
    finally:
        hook.remove()
