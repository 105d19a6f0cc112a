"""What a weight carries: the length of the weighted value, beside the weight alone.

A head adds to the token that looks ``weight * f(x)`` for each token looked at, where ``f`` is the
head's value and output projection. A large weight on a token whose ``f(x)`` is short adds little:
Kobayashi et al. (2020). Layers and heads count from 0.
"""

import numpy as np
from jaxtyping import Float

from grader.capture import load_model
from grader.errors import ModelError


def value_norms(text: str, *, model: str = "minilm") -> Float[np.ndarray, "layer head query key"]:
    """Return the length of each weighted value, between word pieces.

    Not negative, without an upper bound; rows do not sum to 1.

    Raises:
        TextError: the text is empty, or longer than the model reads.
        ModelError: there is no such model, or it is not built like BERT.
    """
    import torch

    loaded = load_model(model)
    attention = loaded.attend(text)
    network = loaded.network
    try:
        layers = network.encoder.layer
        parts = [(layer.attention.self.value, layer.attention.output.dense) for layer in layers]
    except AttributeError as error:
        raise ModelError(
            f"{model} is not built like BERT, so its values cannot be read; use minilm."
        ) from error
    n_heads = attention.n_heads
    norms = np.empty_like(attention.weights)
    with torch.inference_mode():
        encoding = loaded.tokenizer(text, return_tensors="pt")
        states = network(**encoding, output_hidden_states=True).hidden_states
        for layer, (value, output) in enumerate(parts):
            values = value(states[layer][0]).unflatten(-1, (n_heads, -1))
            mixes = output.weight.unflatten(-1, (n_heads, -1))
            lengths = torch.einsum("khd,ohd->hko", values, mixes).norm(dim=-1).numpy()
            norms[layer] = attention.weights[layer] * lengths[:, None, :]
    return norms
