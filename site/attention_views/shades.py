"""How dark a weight of a long text is drawn: by its multiple of the even share, on a log scale.

At 481 tokens a weight of .02 is ten times what it would be by chance, and as a share of 1
invisible.
"""

import numpy as np
from jaxtyping import Float


def shades(
    pattern: Float[np.ndarray, "query key"], *, causal: bool
) -> Float[np.ndarray, "query key"]:
    """Return the shade of each weight, 0 (the even share or less) to 1 (the whole row).

    Args:
        pattern: Rows that sum to 1.
        causal: Whether a query sees the keys up to itself alone; its even share is then 1/(i + 1).

    >>> shades(np.array([[1.0, 0, 0, 0], [0.5, 0.25, 0.125, 0.125]]), causal=False)
    array([[1. , 0. , 0. , 0. ],
           [0.5, 0. , 0. , 0. ]])
    """
    n = len(pattern[0])
    even = np.arange(1, len(pattern) + 1) if causal else np.full(len(pattern), n)
    times = np.maximum(pattern * even[:, None], 1.0)
    return np.clip(np.log(times) / np.log(np.maximum(even, 2))[:, None], 0.0, 1.0)
