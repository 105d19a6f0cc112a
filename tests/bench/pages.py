"""The pages that `make bench-site` measures, and the server that they come from.

A page is a heading and, N times, a paragraph and a view: head and model views in turn, each of
another sentence. Ours are fences; raw ones are what ``bertviz.head_view(html_action="return")``
gives, put into the finished page where a paragraph held its place.
"""

import contextlib
import functools
import gzip
import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from attention_views import publish
from attention_views.bundle import SITE, find_node
from grader.capture import capture

ROOT = Path(__file__).parent.parent.parent
FOREIGN = "https://cdnjs.cloudflare.com/ajax/libs/"
LIBRARIES = {
    "require.js/2.3.6/require.min.js": "requirejs/require.js",
    "d3/5.7.0/d3.min": "d3/dist/d3.min.js",
    "jquery/2.0.0/jquery.min": "jquery/dist/jquery.min.js",
}
"""Address in bertviz's pages -> file of an npm package. The last two are named without .js."""

WORDS = (
    "Attention gives each token a row of weights, one for each token it may look at. A row sums "
    "to one. What a head looks at can be seen at a glance, but what it is for can only be guessed, "
    "and a guess has to be tried on other sentences before it may be called more than that. So "
    "read the picture first, then the numbers, and then write down what would prove you wrong."
)
ANIMALS = ("cat", "dog", "bird", "horse", "mouse", "fox", "bear", "goat", "duck", "lion")
PLACES = ("mat", "roof")
HEAD = {"layer": 5, "heads": [11]}
LONG = (
    "The captain who had sailed around the world twice told the young sailors that the wind "
    "would change before the evening because the birds were flying low over the water and "
    "the clouds in the west had grown dark , but none of them believed him until the first heavy "
    "drops fell on the deck and the sails began to move ."
)


def sentences(count: int) -> list[str]:
    """Return `count` different sentences of thirteen tokens."""
    made = [
        f"The {animal} sat on the {place} because it was tired."
        for place in PLACES
        for animal in ANIMALS
    ]
    return made[:count]


def build_pages(folder: Path, counts: tuple[int, ...], more: dict[str, str]) -> None:
    """Write the sources into `folder` and the finished pages into ``built`` in it.

    Args:
        folder: Of all files.
        counts: How many views pages have.
        more: Name -> fence of further pages of ours.
    """
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    source = folder / "source"
    source.mkdir(parents=True)
    for count in counts:
        fences = (ours(text, i) for i, text in enumerate(sentences(count)))
        write_page(source / f"ours-{count}.md", fences)
        write_page(source / f"raw-{count}.md", (place(i) for i in range(count)))
    write_page(source / "index.md", ["Nothing here."])
    write_page(source / "long.md", [fence("model", LONG)])
    for name, view in more.items():
        write_page(source / f"{name}.md", [view])
    config = folder / "mkdocs.yml"
    config.write_text(CONFIG.format(root=ROOT, folder=folder))
    (folder / "hooks.py").write_text(HOOKS)
    (folder / "claims.toml").touch()
    publish.begin()
    build(load_config(str(config)))
    built = folder / "built"
    publish.publish_views(built)
    put_libraries(built / "raw")
    for count in counts:
        put_raw_views(built / f"raw-{count}.html", sentences(count))


CONFIG = """\
INHERIT: {root}/mkdocs.yml
docs_dir: {folder}/source
site_dir: {folder}/built
use_directory_urls: false
hooks: [{folder}/hooks.py]
watch: []
nav: null
theme: {{custom_dir: {root}/site/theme, features: [toc.follow]}}
markdown_extensions:
  attention_views: {{language: zh, claims: {folder}/claims.toml, views: {root}/build/views}}
"""

HOOKS = """\
from attention_views.build import ready_templates


def on_env(env, config, files):
    ready_templates(env)
"""
"""The site's hooks check lessons and nav; these pages are none."""


def write_page(path: Path, views) -> None:
    """Write a lesson: a paragraph before each view."""
    parts = [f"# {path.stem}"]
    for view in views:
        parts += [WORDS, view]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def fence(view: str, text: str, *lines: str) -> str:
    """Return an attention fence."""
    options = [f"view: {view}", f'text: "{text}"', *lines, "caption: A view"]
    return "\n".join(["```attention", *options, "```"])


def ours(text: str, i: int) -> str:
    """Return the fence of the view number `i`: head and model views in turn."""
    return fence("model", text) if i % 2 else fence("head", text, "layer: 5", "heads: [11]")


def place(i: int) -> str:
    """Return what holds the place of a raw view."""
    return f'<div class="raw" id="raw-{i}"></div>'


def put_raw_views(page: Path, texts: list[str]) -> None:
    """Put bertviz's own HTML where its places are held."""
    html = page.read_text(encoding="utf-8")
    for i, text in enumerate(texts):
        raw = raw_view(text, "model_view") if i % 2 else raw_view(text, "head_view", **HEAD)
        html = html.replace(place(i), f'<div class="raw">{raw}</div>')
    page.write_text(html, encoding="utf-8")


def raw_view(text: str, kind: str, **shown) -> str:
    """Return what bertviz gives a notebook, its libraries' addresses turned to ours."""
    import bertviz
    import torch

    attention = capture(text)
    layers = [torch.tensor(layer)[None] for layer in attention.weights]
    made = getattr(bertviz, kind)(layers, list(attention.tokens), html_action="return", **shown)
    html = made.data
    for address, path in LIBRARIES.items():
        name = "raw/" + path.rsplit("/", 1)[1]
        html = html.replace(
            FOREIGN + address, name if address.endswith(".js") else name.removesuffix(".js")
        )
    if "cdnjs" in html:
        raise SystemExit("raw bertviz asks for a library that the benchmark does not serve")
    return html


def put_libraries(target: Path) -> None:
    """Install bertviz's libraries from npm, by hash, and copy them beside the pages."""
    folder = ROOT / "build" / "bench" / "raw-libraries"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(Path(__file__).parent / "raw" / name, folder / name)
    npm = shutil.which("npm", path=str(find_node().parent)) or "npm"
    subprocess.run([npm, "ci", "--ignore-scripts", "--loglevel=error"], cwd=folder, check=True)
    target.mkdir()
    for path in LIBRARIES.values():
        # minified, as the foreign address serves them; npm's require.js is not
        small = [
            find_node(),
            SITE / "node_modules/esbuild/bin/esbuild",
            "--minify",
            "--charset=utf8",
        ]
        out = f"--outfile={target / path.rsplit('/', 1)[1]}"
        subprocess.run(
            [*small, "--log-level=error", folder / "node_modules" / path, out], check=True
        )


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args):
        """A page that was closed is no error."""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves gzip over connections that stay open, as any web server does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """Send a file."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            return self.send_error(404)
        body = packed(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, *args):
        """Say nothing."""


@functools.cache
def packed(path: Path) -> bytes:
    """Return a file as it goes over the wire; packed before anything is measured."""
    return gzip.compress(path.read_bytes(), 6)


@contextlib.contextmanager
def serve_folder(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine; give its address."""
    for path in folder.rglob("*"):
        if path.is_file():
            packed(path)
    server = Server(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
