"""What "your own sentence" needs beside its page: two scripts, and the model that they run.

They stand in a folder of their own, so that a site can be published without: 42 MB lie there, of
which a student fetches about 20. Where the model is left out, the page says so.
"""

import hashlib
import importlib.metadata
import json
import shutil
from pathlib import Path

from attention_views.bundle import SITE, assemble_kernel, bundle_script
from attention_views.export_model import export_model

FOLDER = Path("assets/live")
"""Where it stands in the site."""

BUILD = SITE.parent / "build"

KERNEL = SITE / "live" / "linear.wat"


def publish_live(site: Path, *, model: bool, build: Path = BUILD) -> None:
    """Build the scripts, export the model and copy both into the finished site.

    Args:
        site: the root of the site, of both languages.
        model: whether the model goes along.
        build: where what is built is kept for the next time.

    Raises:
        CourseError: the scripts cannot be bundled, or there is no model.
    """
    target = site / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    exported = export_model(build / "live-model") if model else None
    if exported:
        shutil.copytree(exported, target, dirs_exist_ok=True)
        (target / "LICENSES.txt").write_text(notice(), encoding="utf-8")
    told = json.dumps(about_model(exported) if exported else None)
    parts = build / ("live" if exported else "live-without-model")
    assemble_kernel(KERNEL, parts / "linear.wasm")
    options = (
        f"--define:__MODEL__={told}",
        f"--alias:live={parts.resolve()}",
        "--loader:.wasm=binary",
    )
    for name in ("page", "worker"):
        built = parts / f"{name}.js"
        bundle_script(f"live/{name}.js", built, *options)
        shutil.copyfile(built, target / built.name)


def notice() -> str:
    """Return what stands beside the weights: whose they are, what was done to them, the licence."""
    return (
        "page.js and worker.js are Seeing Attention's (MIT).\n"
        "All else here is made of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), which was\n"
        "fine-tuned from nreimers/MiniLM-L6-H384-uncased: its vocabulary as it is, its weights as\n"
        "16-bit whole numbers with a factor for each row, without what no attention needs.\n\n"
        f"{apache_licence()}\n"
    )


def apache_licence() -> str:
    """Return the text of the Apache License 2.0; the models come without it."""
    bertviz = importlib.metadata.distribution("bertviz")  # it draws the views and has the same
    return (bertviz.read_text("licenses/LICENSE") or bertviz.read_text("LICENSE") or "").strip()


def about_model(exported: Path) -> dict:
    """Return what the page is told of the model.

    ``key``, which changes with any byte of it; ``bytes`` to fetch once, embeddings apart; ``last``,
    the file that comes last: whoever has it has all.
    """
    digest = hashlib.sha256()
    for path in sorted(path for path in exported.rglob("*") if path.is_file()):
        digest.update(path.relative_to(exported).as_posix().encode())
        digest.update(path.read_bytes())
    about = json.loads((exported / "model.json").read_text(encoding="ascii"))
    sizes = [file["bytes"] for file in about["files"]]
    return {
        "key": digest.hexdigest()[:16],
        "bytes": sum(sizes) + about["vocabulary"]["bytes"],
        "last": about["files"][-1]["name"],
    }
