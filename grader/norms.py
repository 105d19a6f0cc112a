"""What a weight carries: the length of the weighted value, beside the weight alone.

A head adds to the token that looks ``weight * f(x)`` for each token looked at, where ``f`` is the
head's value and output projection. A large weight on a token whose ``f(x)`` is short adds little:
Kobayashi et al. (2020). Layers and heads count from 0.
"""

import numpy as np
from jaxtyping import Float

from grader.capture import load_model


def value_norms(text: str, *, model: str = "minilm") -> Float[np.ndarray, "layer head query key"]:
    """Return the length of each weighted value, between word pieces.

    Not negative, without an upper bound; rows do not sum to 1.

    Raises:
        TextError: the text is empty, or longer than the model reads.
        ModelError: there is no such model, or it is not built like BERT.
    """
    return load_model(model).value_norms(text)
