"""The latest results of a function, as many as fit into so many bytes."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

MOST = 64 << 20
"""Bytes: the attention on a thousand sentences, or on one text of a few hundred tokens."""
LEAST = 1024
"""Bytes that a result counts for, however small it is."""


class Recent:
    """A function that works a thing out once, as long as its result is among the latest.

    Args:
        compute: the function; its arguments are hashable.
        most: bytes of results that are kept. A larger result is returned and not kept.
    """

    def __init__(self, compute: Callable[..., Any], most: int = MOST):
        self.compute = compute
        self.most = most
        self.kept: OrderedDict[tuple, Any] = OrderedDict()
        self.n_bytes = 0

    def __call__(self, *arguments: Any) -> Any:
        """Return the function's result."""
        if arguments in self.kept:
            self.kept.move_to_end(arguments)
            return self.kept[arguments]
        result = self.compute(*arguments)
        if (size := n_bytes(result)) <= self.most:
            self.kept[arguments] = result
            self.n_bytes += size
        while self.n_bytes > self.most:
            self.n_bytes -= n_bytes(self.kept.popitem(last=False)[1])
        return result

    def clear(self) -> None:
        """Forget all results."""
        self.kept.clear()
        self.n_bytes = 0


def n_bytes(result: Any) -> int:
    """Return how much memory a result takes: an array, or what holds one as its weights."""
    return LEAST + getattr(getattr(result, "weights", result), "nbytes", 0)
