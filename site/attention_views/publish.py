"""Which files go beside the pages: packed views, the engine that draws them; and which do not."""

import shutil
from collections.abc import Callable
from pathlib import Path

from attention_views.bundle import OUT, build_engine
from attention_views.generations import KeptGeneration, generation_key, pack_generation
from attention_views.ledgers import forget_ledgers
from attention_views.long_pack import long_key, pack_long
from attention_views.pack import neuron_key, pack_neuron, pack_view, packed_key
from attention_views.problems import log
from grader.atomic import write_atomically
from grader.attention import Attention
from grader.errors import CourseError

FOLDER = Path("assets/views")
"""Where the engine stands in the site; its data lie in ``data`` beside it."""

_used: dict[str, Path] = {}


def begin() -> None:
    """Start a build: forget what the last one used and computed, and build the engine.

    An engine that cannot be built is reported: the pages keep their pictures, a strict build fails.
    """
    _used.clear()
    forget_ledgers()
    try:
        build_engine()
    except CourseError as error:
        log.error(str(error))


def keep_view(attention: Attention, *, exact: bool, folder: Path) -> str:
    """Pack a view's weights into `folder` unless they lie there already; return their key.

    The key says what is drawn and nothing of words around it: both languages share a file.
    """
    key = packed_key(attention, exact=exact)
    return _keep(key, folder, lambda: pack_view(attention, exact=exact))


def keep_neuron(attention: Attention, *, layer: int, folder: Path) -> str:
    """Pack a layer's weights with the queries and keys that they come from; return their key."""
    key = neuron_key(attention, layer)
    return _keep(key, folder, lambda: pack_neuron(attention, layer))


def keep_generation(made: KeptGeneration, *, folder: Path) -> str:
    """Pack what a model wrote; return its key."""
    return _keep(generation_key(made), folder, lambda: pack_generation(made))


def _keep(key: str, folder: Path, packed: Callable[[], bytes]) -> str:
    path = folder / f"{key}.js"
    if not path.is_file():
        write_atomically(path, packed())
    _used[key] = path
    return key


def keep_long(attention: Attention, *, layers: tuple[int, ...], folder: Path) -> str:
    """Pack a long text, a file for each head, unless it lies there already; return its key."""
    key = long_key(attention, layers)
    done = folder / f"{key}.heads"
    if not done.is_file():
        for name, data in pack_long(attention, layers):
            write_atomically(folder / f"{name}.js", data)
        write_atomically(done, b"")
    _used.update({path.stem: path for path in sorted(folder.glob(f"{key}*.js"))})
    return key


def file_of(key: str) -> Path:
    """Return the file of a packed view that this build keeps."""
    return _used[key]


def publish_views(site: Path) -> None:
    """Copy the engine and the views that this build used into the finished site."""
    target = site / FOLDER
    (target / "data").mkdir(parents=True, exist_ok=True)
    for path in sorted(OUT.glob("[!.]*")):
        shutil.copyfile(path, target / path.name)
    for path in _used.values():
        shutil.copyfile(path, target / "data" / path.name)


def is_dead_weight(name: str) -> bool:
    """Tell whether a file of the theme is of no use here: 4 of 5 MB are.

    Source maps; and the theme's own search, a worker and 30 stemmers: ours stands in ``search``.
    """
    return name.endswith(".map") or "/lunr/" in name or "/workers/search" in name
