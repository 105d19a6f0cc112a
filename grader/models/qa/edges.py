"""Cut edges of attention: what would the network have said had this token not looked at that one?

An edge goes from a query (the token that looks) to a key (the token looked at) in one head. A cut
edge gets the score minus infinity before the softmax: the weights of the row still sum to 1, and
what the edge had goes to the other keys. This uses transformers' public ``AttentionInterface``, and
with no edge cut the numbers are those of eager attention to the last bit.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import torch
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, eager_mask

CUTTING = "eager_with_cuts"


@dataclass(frozen=True)
class Cut:
    """Edges from every one of some queries to every one of some keys, by position of the token."""

    queries: Sequence[int]
    keys: Sequence[int]
    layers: Sequence[int] | None = None
    """None: all layers."""
    heads: Sequence[int] | None = None
    """None: all heads of those layers."""


_cuts: ContextVar[tuple[Cut, ...]] = ContextVar("cuts", default=())


def _attend(module, query, key, value, attention_mask, scaling=None, **_):
    """Attend as eager attention does, without the edges that are cut now."""
    scaling = query.size(-1) ** -0.5 if scaling is None else scaling
    attention_scores = torch.matmul(query, key.transpose(2, 3)) * scaling
    if attention_mask is not None:
        attention_scores = attention_scores + attention_mask
    for cut in _cuts.get():
        if cut.layers is None or module.layer_idx in cut.layers:
            heads = range(query.shape[1]) if cut.heads is None else cut.heads
            edges = torch.meshgrid(
                *(torch.tensor(list(i)) for i in (heads, cut.queries, cut.keys)), indexing="ij"
            )
            attention_scores[:, *edges] = float("-inf")
    pattern = torch.nn.functional.softmax(attention_scores, dim=-1)
    output = torch.matmul(pattern, value).transpose(1, 2).contiguous()
    return output, pattern


AttentionInterface.register(CUTTING, _attend)
AttentionMaskInterface.register(CUTTING, eager_mask)


@contextmanager
def edges_cut(network, *cuts: Cut) -> Iterator[None]:
    """Let a network run without some edges of its attention, as long as the block lasts.

    Args:
        network: a transformers model with eager attention, in evaluation mode.
        cuts: the edges.

    Raises:
        ValueError: the network is in training mode, where dropout would hide what a cut does.
    """
    if network.training:
        raise ValueError("the network is in training mode; call network.eval() first.")
    before = network.config._attn_implementation
    network.set_attn_implementation(CUTTING)
    token = _cuts.set(cuts)
    try:
        yield
    finally:
        _cuts.reset(token)
        network.set_attn_implementation(before)
