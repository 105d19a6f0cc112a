"""What a student may have set for the whole process, put back to its defaults for a while.

Warnings that raise, numpy's errors, the decimal context, a low recursion limit, torch's default
type and device: none of them may decide whether an answer can be judged.
"""

import decimal
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import numpy as np

FRAMES = 3000
"""A recursion limit that judging and drawing do not come near."""


@contextmanager
def process_defaults() -> Iterator[None]:
    """Run a block as in a fresh process; afterwards everything is as the student set it."""
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(np.errstate(all="ignore"))
        stack.enter_context(decimal.localcontext(decimal.Context()))
        limit = sys.getrecursionlimit()
        if limit < FRAMES:
            stack.callback(_lower, limit)
            sys.setrecursionlimit(FRAMES)
        torch = sys.modules.get("torch")
        if torch is not None and hasattr(torch, "get_default_dtype"):
            stack.callback(torch.set_default_dtype, torch.get_default_dtype())
            torch.set_default_dtype(torch.float32)
            stack.enter_context(torch.device("cpu"))
        yield


def _lower(limit: int) -> None:
    with suppress(RecursionError):  # the student's limit is below where we stand
        sys.setrecursionlimit(limit)
