"""Texts of no model: tokens that are given, rows drawn by chance."""

import numpy as np

from attention_views.generations import KeptGeneration, pack_rows, packed_base64


def random_generation(given, written, *, layers=30, heads=9, seed=0) -> KeptGeneration:
    """Return a generation of `written` tokens after `given` ones; rows are peaked as real ones."""
    draw = np.random.default_rng(seed)
    rows = [
        draw.dirichlet(np.full(len(given) + step, 0.3), (layers, heads))
        for step in range(len(written))
    ]
    return KeptGeneration(
        text="".join(given),
        tokens=[*given, *written],
        prompt=len(given),
        shape=[layers, heads],
        guesses=[[[token, 0.5], [" other", 0.2], [" x", 0.1]] for token in written],
        model="random",
        weights=packed_base64(pack_rows(rows)),
    )
