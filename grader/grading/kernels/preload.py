"""What is imported before the first notebook: all that a student's cells are likely to ask for.

No answer, secret or course file is ever loaded here: every kernel inherits this memory. Nor is
anything that starts a thread, opens a socket, or decides at import what only the kernel can know:
``matplotlib_inline`` looks for a running shell when it is imported, and pyplot chooses a backend.
"""

import contextlib
import gc
import importlib
import io
import os
import string
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from grader.errors import TextError
from grader.grading.kernels import new_root, pages, seccomp
from grader.models.known import KNOWN_MODELS, cached_path
from grader.questions import messages

ALWAYS = (
    "numpy",
    "zmq",
    "sqlite3",
    "IPython.core.interactiveshell",
    "IPython.core.completer",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.iostream",
    "ipykernel.debugger",
    "ipykernel.codeutil",
    "landlockpy",
    "grader.check",
    "grader.capture",
    "grader.plots",
)
WITH_A_MODEL = (
    "matplotlib.figure",
    "matplotlib.font_manager",
    "matplotlib.backends.backend_agg",
)
"""Those that are installed of these; a notebook that needs another imports it itself."""
LAZY = {
    "transformers": (
        "transformers.models.auto.modeling_auto",
        "transformers.models.bert.modeling_bert",
    )
}
"""What a library imports at first use, of what notebooks of this course use."""
MOST_KEPT = 64 << 20
"""Bytes of weights that are kept of texts read in advance: more than a thousand short ones."""
PICTURES = 8
"""What an exercise draws at most, or nearly."""


def preload(model: str | None) -> tuple[str, ...]:
    """Import everything, load the model, and return the folders that a kernel must be able to read.

    Args:
        model: the default model's name; None loads none.

    Raises:
        ModelError: there is no such model.
    """
    folders: list[Path] = []
    for name in ALWAYS:
        _import(name)
    messages.texts()  # they stay in memory, so that no notebook reads them
    if model is not None:
        folders.append(_warm_up(model))
        # An exercise may look into another known model; a kernel reads it by memory map.
        folders += [path for path in map(cached_path, KNOWN_MODELS) if path.is_dir()]
    seccomp.build_filter()
    return new_root.readable_folders(folders)


def read_in_advance(model: str, texts: Sequence[str]) -> None:
    """Have the model read what notebooks will ask for, as much as `MOST_KEPT` holds; it remembers.

    Each text is read once, here, and no more for the notebook and for the judge.
    """
    from grader.capture import load_model

    loaded, room = load_model(model), MOST_KEPT
    for text in texts:
        with contextlib.suppress(TextError):
            seen = loaded.attend(text, None)  # as `capture` asks
            room -= seen.weights.nbytes
            if room < 0:
                return
            loaded.known[text, None] = seen


def import_libraries(names: Sequence[str]) -> None:
    """Import those of `zygote.LIBRARIES` that notebooks will ask for, as far as installed."""
    if "transformers" in names:
        with contextlib.suppress(ImportError):
            import tqdm

            # Its monitor is a thread; from_pretrained would start it, and a fork would wait for it.
            tqdm.tqdm.monitor_interval = 0
    for name in names:
        for module in (name, *LAZY.get(name, ())):
            _import(module)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
        torch.set_num_interop_threads(1)


def settle() -> None:
    """Make the process one that is forked cheaply; after all else.

    Raises:
        RuntimeError: something started a thread, and a fork of this process could hang.
    """
    threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208
    if threads != 1:
        raise RuntimeError(f"preloading left {threads} threads; a fork keeps only one of them.")
    gc.freeze()  # no look for garbage before: it takes longer than its memory is worth
    gc.disable()
    pages.join_pages()


def _import(name: str) -> None:
    with contextlib.suppress(ImportError):
        importlib.import_module(name)


def _warm_up(model: str) -> Path:
    """Load the model and run it once, draw pictures: much is imported at first use."""
    for name in WITH_A_MODEL:
        _import(name)
    from grader.capture import load_model

    loaded = load_model(model)
    loaded.attend("The cat sat on the mat.")
    loaded.forget()
    _draw_once()
    return loaded.folder.path


def _draw_once() -> None:
    """Draw pictures that nobody sees: the first read fonts and fill caches, and take longest."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return
    from grader.plots import plot_heads
    from grader.plots.figure import make_ready
    from grader.plots.labels import Lettering

    figure = Figure()
    axes = figure.subplots()
    figure.colorbar(axes.imshow([[0.0, 1.0]]), ax=axes)
    axes.set_title("0.12 abc")
    Lettering(axes, [(0, 0)], [string.printable.strip() + "“”"], size=10)
    figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")
    all_numbers = np.linspace(-1, 1, 201).reshape(3, 67)
    plot_heads(all_numbers)._repr_png_()
    make_ready(PICTURES)
