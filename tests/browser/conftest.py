"""Pages in a browser that cannot leave the machine, served under a sub-path as a project's would.

The browser is Chromium, or with SEEING_ATTENTION_ENGINE=firefox Firefox (`make test-firefox`).

``open_page`` is the gate: when a test ends, any outside request, console error, exception or failed
request that the test did not take out of ``page.trouble`` fails it.
"""

import functools
import http.server
import json
import os
import shutil
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from attention_views.bundle import build_engine
from attention_views.offline import pack_site
from attention_views.pack import pack_view, packed_key
from grader.attention import Attention
from support import firefox
from support.built_site import move_site

PREFIX = "/course/"
ENGINE = os.environ.get("SEEING_ATTENTION_ENGINE", "chromium")


def pytest_collection_modifyitems(items):
    """Name the tests that Firefox's driver cannot do."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and ENGINE == "firefox" and firefox.reason(item.nodeid):
            item.add_marker(pytest.mark.skip(reason=firefox.reason(item.nodeid)))


@pytest.fixture(scope="session")
def browser(request):
    """The browser of this run."""
    return request.getfixturevalue(ENGINE)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder under PREFIX, and its 404.html where nothing is, as GitHub Pages does."""

    def translate_path(self, path):
        if not path.startswith(PREFIX):
            return "/nonexistent"
        return super().translate_path(path.removeprefix(PREFIX[:-1]))

    def send_error(self, code, *args):
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            return super().send_error(code, *args)
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, *args):
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args):
        """A closed tab is no error."""


@pytest.fixture(scope="session")
def serve():
    """serve(folder) -> the address under which it stands."""
    servers = []

    def serve(folder, port=0):
        server = Server(("127.0.0.1", port), functools.partial(Handler, directory=str(folder)))
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}{PREFIX}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def site(tmp_path_factory, serve, published):
    """The address of the site, which says just that address: instant navigation asks for it."""
    folder = tmp_path_factory.mktemp("site")
    address = serve(folder)
    move_site(published, folder, address)
    return address


@pytest.fixture(scope="session")
def from_disk(tmp_path_factory, built_offline):
    """The folder of the offline copy, packed and unpacked again."""
    root = tmp_path_factory.mktemp("offline")
    packed = root / "seeing-attention.zip"
    assert pack_site(built_offline, packed) <= 8e6
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(root / "unpacked")
    return root / "unpacked" / "seeing-attention"


@pytest.fixture
def open_page(browser):
    """open_page(address, scripts=, width=, dark=, touch=, before=) -> page, with page.trouble."""
    contexts, pages = [], []

    def open_page(
        address, *, scripts=True, width=1280, height=800, dark=False, touch=False, before=None
    ):
        context = browser.new_context(
            java_script_enabled=scripts,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            is_mobile=touch,
            service_workers="block",
        )
        contexts.append(context)
        home = address.split(PREFIX)[0] if address.startswith("http") else "file:"
        trouble = []

        def gate(route):
            if route.request.url.startswith((home, "data:", "blob:")):
                return route.continue_()
            trouble.append(f"outside request {route.request.url}")
            return route.abort()

        def failed(request):
            # what a navigation interrupts, and what is preloaded where scripts are turned off
            broken_off = ("net::ERR_ABORTED", "NS_BINDING_ABORTED", None if scripts else "csp")
            if request.failure not in broken_off:
                trouble.append(f"failed {request.url} {request.failure}")

        def said(message):
            if message.type == "error":
                trouble.append(f"console: {message.text} {message.location.get('url')}")

        context.route("**/*", gate)
        if before:
            context.add_init_script(before)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", said)
        page.on("pageerror", lambda error: trouble.append(f"exception: {error}"))
        page.on("requestfailed", failed)
        page.trouble = trouble
        pages.append(page)
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    found = [line for page in pages for line in page.trouble]
    assert not found, "\n".join(found)


def random_attention(tokens, *, layers=6, heads=12, second=None, seed=0):
    """An Attention of no model, whose rows are peaked as real ones are."""
    n = len(tokens)
    scores = np.random.default_rng(seed).normal(0, 2.5, (layers, heads, n, n))
    weights = np.exp(scores)
    weights /= weights.sum(axis=-1, keepdims=True)
    return Attention(
        tokens=tuple(tokens),
        weights=weights.astype(np.float32),
        words=tuple(tokens),
        word_of=tuple(range(n)),
        text=" ".join(tokens),
        pair=None,
        second_start=second,
        model="random",
    )


@dataclass
class Pages:
    """A folder of small pages with figures, the engine and data beside them."""

    folder: Path
    url: str

    def data(self, attention, *, exact):
        key = packed_key(attention, exact=exact)
        path = self.folder / "assets" / "views" / "data" / f"{key}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pack_view(attention, exact=exact))
        return key

    def figure(self, view, key, *, language="en", **options):
        extra = "".join(
            f" data-{name}='{value if isinstance(value, str) else json.dumps(value)}'"
            for name, value in options.items()
        )
        return f"""
<figure class="attention-view" data-view="{view}" data-key="{key}"
data-language="{language}"{extra}>
<div class="attention-view__slot" hidden></div>
<div class="attention-view__still" data-search-exclude><svg width="200" height="100" role="img"
aria-label="still"><rect width="200" height="100" fill="currentColor"/></svg></div>
<figcaption>A caption</figcaption>
</figure>"""

    def page(self, *figures, name="page.html", head="", scheme="default"):
        folder = self.folder / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        root = "../" * (len(Path(name).parts) - 1)
        folder.write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title>'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            '<link rel="icon" href="data:,">'
            "<style>html{font-size:125%}body{margin:0 auto;max-width:35rem;padding:.8rem}</style>"
            f'{head}<body data-md-color-scheme="{scheme}">{"".join(figures)}'
            f'<script src="{root}assets/views/engine.js"></script></body></html>',
            encoding="utf-8",
        )
        return self.url + name


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    """The engine as built from the sources."""
    return build_engine(tmp_path_factory.mktemp("engine") / "views-engine")


@pytest.fixture(scope="session")
def pages_root(tmp_path_factory, serve):
    folder = tmp_path_factory.mktemp("pages")
    return folder, serve(folder)


@pytest.fixture
def pages(engine, pages_root):
    """A fresh folder with the engine, somewhere under the served root."""
    root, url = pages_root
    name = f"{len(list(root.iterdir()))}"
    views = root / name / "assets" / "views"
    views.mkdir(parents=True)
    for path in engine:
        shutil.copy(path, views / path.name)
    return Pages(root / name, f"{url}{name}/")


@pytest.fixture(scope="session")
def cat():
    """Thirteen tokens, as the sentence of the first lesson has."""
    text = "[CLS] the cat sat on the mat because it was tired . [SEP]"
    return random_attention(text.split())


@pytest.fixture(scope="session")
def pair():
    """Two sentences, the second from token 5."""
    text = "[CLS] who sat ? [SEP] the cat sat . [SEP]"
    return random_attention(text.split(), second=5, seed=1)


@pytest.fixture
def make_attention():
    return random_attention
