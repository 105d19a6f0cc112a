"""A small model: what every test of the ledger stands on."""

import pytest

from support.small_model import attention_of


@pytest.fixture
def attend():
    return attention_of
