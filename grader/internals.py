"""What a network built like BERT works out on its way: queries, keys, values, embeddings.

Read by hooks while the network runs, so that it is what the weights were really made of. Layers
and heads count from 0; ``encoding`` is what the tokenizer gave for one text or one pair.
"""

from contextlib import ExitStack

import numpy as np
from jaxtyping import Float

from grader.errors import ModelError


def queries_and_keys(
    network, encoding
) -> tuple[
    Float[np.ndarray, "layer head query size"],
    Float[np.ndarray, "layer head key size"],
]:
    """Return every head's queries and keys, float32.

    ``softmax(queries @ keys.T / sqrt(size))`` over the keys is the head's pattern.

    Raises:
        ModelError: the network is not built like BERT.
    """
    import torch

    parts = [attention.self for attention in _attentions(network)]
    kept = [{} for _ in parts]

    def keeper(found: dict, name: str):
        return lambda module, inputs, output: found.update({name: output})

    with ExitStack() as hooks, torch.inference_mode():
        for part, found in zip(parts, kept, strict=True):
            for name in ("query", "key"):
                hook = getattr(part, name).register_forward_hook(keeper(found, name))
                hooks.callback(hook.remove)
        network(**encoding)
    n_heads = network.config.num_attention_heads
    queries, keys = (
        torch.stack([found[name][0].unflatten(-1, (n_heads, -1)) for found in kept])
        .transpose(1, 2)
        .contiguous()
        .numpy()
        for name in ("query", "key")
    )
    return queries, keys


def value_lengths(network, encoding) -> Float[np.ndarray, "layer head key"]:
    """Return the length of what each token would add to a token that gave it the weight 1.

    It is the head's value after the head's part of the output projection: ``f(x)`` in Kobayashi et
    al. (2020).

    Raises:
        ModelError: the network is not built like BERT.
    """
    import torch

    n_heads = network.config.num_attention_heads
    lengths = []
    with torch.inference_mode():
        states = network(**encoding, output_hidden_states=True).hidden_states
        for attention, state in zip(_attentions(network), states, strict=False):
            values = attention.self.value(state[0]).unflatten(-1, (n_heads, -1))
            mixes = attention.output.dense.weight.unflatten(-1, (n_heads, -1))
            lengths.append(torch.einsum("khd,ohd->hko", values, mixes).norm(dim=-1))
    return torch.stack(lengths).numpy()


def word_embeddings(network, encoding) -> Float[np.ndarray, "token size"]:
    """Return the embedding of each word piece, which has seen no other token and no position.

    Raises:
        ModelError: the network is not built like BERT.
    """
    try:
        table = network.embeddings.word_embeddings.weight
    except AttributeError as error:
        raise ModelError(_NOT_LIKE_BERT) from error
    return table.detach()[encoding["input_ids"][0]].numpy()


def leave_one_out(network, encoding) -> Float[np.ndarray, " token"]:
    """Return, for each token but the special ones, the effect on the text of leaving it out.

    1 minus the cosine of the text's vector, the mean over its tokens, before and after.
    """
    import torch

    ids = encoding["input_ids"]

    def vector(ids):
        with torch.inference_mode():
            states = network(input_ids=ids).last_hidden_state
        return torch.nn.functional.normalize(states.mean(dim=1), dim=-1)

    whole = vector(ids)
    effects = [
        1 - whole @ vector(torch.cat([ids[:, :i], ids[:, i + 1 :]], dim=1))[0]
        for i in range(1, ids.shape[1] - 1)
    ]
    return torch.cat(effects).numpy()


_NOT_LIKE_BERT = (
    "the model is not built like BERT, so what it works out inside cannot be read; use minilm."
)


def _attentions(network) -> list:
    try:
        found = [layer.attention for layer in network.encoder.layer]
        for attention in found:
            _ = attention.self.query, attention.self.key, attention.self.value
            _ = attention.output.dense
    except AttributeError as error:
        raise ModelError(_NOT_LIKE_BERT) from error
    return found
