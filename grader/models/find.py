"""The one way from a model's name to its folder: a known name, a local folder, or a hub id."""

from functools import lru_cache
from pathlib import Path

from grader.errors import ModelError
from grader.models.fetch import fetch_model, from_hub
from grader.models.known import ADAPTED_MODELS, KNOWN_MODELS, adapt, cached_path
from grader.models.model_folder import ModelFolder, weights_sha256
from grader.models.written_out import found_sha256


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
    if name in ADAPTED_MODELS:
        adapted = ADAPTED_MODELS[name]
        return adapt(adapted, find_model(adapted.base))
    if Path(name).is_dir():
        path = Path(name).resolve()
        return ModelFolder(name, path, weights_sha256(path), f"the folder {path}")
    return from_hub(name)


@lru_cache
def _known(name: str, path: Path) -> ModelFolder:
    known = KNOWN_MODELS[name]
    if not path.is_dir():
        return fetch_model(name)
    found = found_sha256(known, path)
    if found != known.sha256:
        raise ModelError(
            f"the weights in {path} are not those of {name} (sha256 {found[:12]}..., wanted "
            f"{known.sha256[:12]}...); remove that folder and run: grader model {name}"
        )
    return ModelFolder(name, path, found, "the cache")
