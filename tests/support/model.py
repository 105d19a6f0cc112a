"""The course's model where a test needs it on this machine."""

import pytest

from grader.errors import ModelError
from grader.models import find_model


def need_model():
    """Skip where the model is not there; says how to get it."""
    try:
        find_model("minilm")
    except ModelError as error:
        pytest.skip(f"there is no minilm here; get it with: make model ({error})")
