"""Burdening: a notebook that costs its graders time, memory or disk, outside of its own kernel.

Each answers nothing. `make bench-worst` grades every one beside an honest neighbour.
"""

import base64
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from textwrap import dedent

SEND = """
kernel = get_ipython().kernel
def send(kind, content, **more):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent(), **more)
"""


@dataclass(frozen=True)
class Burden:
    """Code for the first answer's cell, or what is done to the notebook's file, or files beside."""

    tries: str
    code: str = ""
    edit: Callable[[dict], None] | None = None
    files: Callable[[], dict[str, bytes]] = dict
    raw: Callable[[], bytes] | None = None
    """The whole file, where it is no notebook."""
    source: str = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "source", dedent(self.code))


def sends(tries: str, code: str) -> Burden:
    return Burden(tries, SEND + dedent(code))


def markdown(tries: str, *texts: str) -> Burden:
    """Return a notebook with more cells of Markdown, the written answer among them."""

    def edit(notebook: dict) -> None:
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "essay":
                cell["source"] = texts[0]
        for text in texts:
            cell = {"cell_type": "markdown", "metadata": {}, "source": text}
            notebook["cells"].append(cell)

    return Burden(f"Markdown: {tries}", edit=edit)


def attached(tries: str, source: str, attachments: Callable[[], object]) -> Burden:
    def edit(notebook: dict) -> None:
        cell = {"cell_type": "markdown", "metadata": {}, "source": source}
        notebook["cells"].append(cell | {"attachments": attachments()})

    return Burden(f"attachments: {tries}", edit=edit)


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def jpeg(size, scans: int = 1) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "JPEG", progressive=scans > 1)
    raw = out.getvalue()
    at = raw.rindex(b"\xff\xda")
    return raw[:at] + raw[at:-2] * scans + raw[-2:]


def png(size, noise: int = 0) -> bytes:
    import numpy as np
    from PIL import Image

    pixels = np.random.default_rng(0).integers(0, noise + 1, (*size, 4), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(out, "PNG", compress_level=1)
    return out.getvalue()


def nested(levels: int) -> object:
    found: object = {}
    for _ in range(levels):
        found = {"x": found}
    return found


def notebook_of(more: str) -> bytes:
    head = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [], "more": '
    return (head + more + "}").encode()


BURDENS = [
    sends(
        "a display that is updated with 40 MB, ten times",
        """
        for i in range(10):
            send("display_data", {"data": {"text/plain": "x"}, "metadata": {},
                                  "transient": {"display_id": str(i)}})
            send("update_display_data", {"data": {"text/plain": "x" * (40 << 20)}, "metadata": {},
                                         "transient": {"display_id": str(i)}})
        """,
    ),
    sends(
        "a display that is updated a little less than too much, many times",
        """
        for i in range(60):
            send("display_data", {"data": {"text/plain": "x"}, "metadata": {},
                                  "transient": {"display_id": str(i)}})
            send("update_display_data", {"data": {"text/plain": "x" * (3 << 20)}, "metadata": {},
                                         "transient": {"display_id": str(i)}})
        """,
    ),
    sends(
        "widgets of 40 MB, ten times",
        """
        for i in range(10):
            send("comm_open", {"comm_id": str(i), "target_name": "jupyter.widget",
                               "data": {"state": {"x": "x" * (40 << 20)}}})
        """,
    ),
    sends(
        "widgets of 4 MB, a hundred times",
        """
        for i in range(100):
            send("comm_open", {"comm_id": str(i), "target_name": "jupyter.widget",
                               "data": {"state": {"x": "x" * (4 << 20)}}})
        """,
    ),
    sends(
        "one message of 16 MB of empty lists",
        "send('display_data', {'data': {'application/json': [[]] * (4 << 20)}, 'metadata': {}})",
    ),
    sends(
        "messages of 2 MB of empty objects, without end",
        """
        while True:
            send("display_data", {"data": {"application/json": [{}] * 500_000}, "metadata": {}})
        """,
    ),
    sends(
        "messages of 40 MB as fast as they can be sent",
        """
        parts = kernel.session.serialize(
            kernel.session.msg("stream", {"name": "stdout", "text": "x" * (40 << 20)},
                               parent=kernel.get_parent()))
        while True: kernel.iopub_socket.send_multipart([b"stream", *parts], copy=False)
        """,
    ),
    sends(
        "one message in a thousand parts of 40 MB",
        """
        part = b"x" * (40 << 20)
        send("display_data", {"data": {"text/plain": "x"}, "metadata": {}}, buffers=[part] * 1000)
        """,
    ),
    sends(
        "small outputs without end",
        "while True: send('display_data', {'data': {'text/plain': 'x'}, 'metadata': {}})",
    ),
    Burden("small prints without end", "while True: print('x', flush=True)"),
    Burden("a gigabyte that is printed", "for _ in range(100): print('x' * (10 << 20))"),
    Burden(
        "errors with 40 MB of traceback in every cell",
        """
        def show(*_, **__): pass
        import builtins
        class Long(Exception):
            def __str__(self): return "x" * (40 << 20)
        get_ipython()._showtraceback = show
        def fail(*_): raise Long
        get_ipython().input_transformers_post.append(fail)
        raise Long
        """,
    ),
    sends(
        "answers of 7 MB, a hundred times",
        """
        from grader.questions import MIME
        for i in range(100):
            send("display_data", {"data": {MIME: {"x": str(i) * (7 << 20)}}, "metadata": {}})
        """,
    ),
    Burden(
        "answers of 7 MB for every question",
        """
        from grader.questions import MIME
        import grader.check
        def check(*_): display({MIME: {"x": "y" * (7 << 20)}}, raw=True)
        grader.check.check = check
        """,
    ),
    Burden(
        "JPEG of half a megabyte in thousands of scans",
        """
        from PIL import Image; import io, base64
        out = io.BytesIO(); Image.new("RGB", (4400, 4400)).save(out, "JPEG", progressive=True)
        raw = out.getvalue(); at = raw.rindex(bytes([255, 218]))
        scan = raw[at:-2]
        raw = raw[:at] + scan * ((400_000) // len(scan)) + raw[-2:]
        for _ in range(8):
            display({"image/jpeg": base64.b64encode(raw).decode()}, raw=True)
        """,
    ),
    Burden(
        "PNG of twelve million pixels that are slow to pack, again and again",
        """
        from PIL import Image; import io, base64, numpy
        base = numpy.random.default_rng(0).integers(0, 2, (2, 3500 * 4), dtype=numpy.uint8)
        for i in range(12):
            pixels = numpy.tile(base, (1750, 1)).reshape(3500, 3500, 4).copy()
            pixels[0, 0] = i
            out = io.BytesIO(); Image.fromarray(pixels, "RGBA").save(out, "PNG")
            display({"image/png": base64.b64encode(out.getvalue()).decode()}, raw=True)
        """,
    ),
    Burden(
        "files in its folder: 40,000 of them",
        "for i in range(40_000): open(f'f{i}', 'w').close()",
    ),
    Burden(
        "files in its folder: all the disk it gets",
        "for i in range(60): open(f'f{i}', 'wb').write(b'x' * (50 << 20))",
    ),
    Burden(
        "files beside the notebook: 200, 32 MB together",
        files=lambda: {f"d{i}/f{i}.csv": b"x" * 160_000 for i in range(199)},
    ),
    attached(
        "one picture shown 120 times",
        "![a](attachment:a.png) " * 120,
        lambda: {"a.png": {"image/png": encoded(png((300, 300), 200))}},
    ),
    attached("nested 700 deep", "x", lambda: nested(700)),
    attached("nested 90 deep", "![a](attachment:x)", lambda: nested(90)),
    attached(
        "hundreds of pictures",
        "".join(f"![a](attachment:{i}.png)\n" for i in range(400)),
        lambda: {
            f"{i}.png": {"image/png": encoded(png((100, 90 + i % 9), 255))} for i in range(400)
        },
    ),
    attached(
        "JPEG in thousands of scans",
        "".join(f"![a](attachment:{i}.jpg)\n" for i in range(20)),
        lambda: {
            f"{i}.jpg": {"image/jpeg": encoded(jpeg((4400, 4400 - i), 2000))} for i in range(20)
        },
    ),
    attached(
        "20 MB of noise",
        "![a](attachment:a.png)",
        lambda: {"a.png": {"image/png": encoded(png((1900, 1900), 255))}},
    ),
    markdown("quotes in quotes", "> " * 100_000 + "x"),
    markdown("brackets in brackets", "[" * 100_000 + "]" * 100_000),
    markdown("links that never close", "[a](" * 100_000),
    markdown("pictures that never close", "![a](" * 100_000),
    markdown("emphasis that never closes", "*a **b _c __d " * 50_000),
    markdown("a table of 500,000 rows", "a|b\n-|-\n" + "x|y\n" * 500_000),
    markdown("a table of 300,000 columns", "|" * 300_000 + "\n" + "|-" * 300_000),
    markdown("four million signs in one line", "x" * 4_000_000),
    markdown("spaces", "a" + " " * 400_000 + "b"),
    markdown("lists in lists", "\n".join("  " * i + "- x" for i in range(900))),
    markdown("headings", *["\n".join("#" * (i % 7) + " x" for i in range(3000))] * 30),
    markdown("formulas that never close", "$$a " * 100_000, "\\begin{a}" * 100_000),
    markdown("a thousand cells of tables", *["a|b\n-|-\n" + "x|y\n" * 2000] * 1000),
    markdown("two million signs of quotes", *["> " * 9_000] * 115),
    markdown("50,000 lines of a table and an emoji", "🙂|b\n-|-\n" + "x|y\n" * 49_000),
    markdown(
        "two million signs of tables",
        *[
            "a|b\n-|-\n"
            + "x|yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n" * 28
        ]
        * 900,
    ),
    markdown("addresses", "http://a.bc/ " * 200_000),
    Burden("JSON: 8 MB of objects in objects", raw=lambda: notebook_of('{"a":' * 1_400_000)),
    Burden("JSON: 24 MB of empty lists", raw=lambda: notebook_of("[" + "[]," * 7_000_000 + "1]")),
    Burden("JSON: 24 MB of strings", raw=lambda: notebook_of("[" + '"a",' * 5_000_000 + "1]")),
    Burden(
        "JSON: 24 MB of letters and an emoji",
        raw=lambda: notebook_of(json.dumps("🙂" + "x" * 23_000_000, ensure_ascii=False)),
    ),
    Burden("JSON: 24 MB of escaped quotes", raw=lambda: notebook_of('"' + '\\"' * 11_000_000)),
    Burden("JSON: too long by far", raw=lambda: b" " * (100 << 20)),
    Burden(
        "code: two million signs, an emoji in each cell",
        edit=lambda notebook: notebook["cells"].extend(
            {"cell_type": "code", "metadata": {}, "outputs": [], "source": "#🙂" + "x" * 390_000}
            for _ in range(5)
        ),
    ),
    Burden(
        "code: cells of 4 MB",
        edit=lambda notebook: notebook["cells"].extend(
            {"cell_type": "code", "metadata": {}, "outputs": [], "source": "#" * 4_000_000}
            for _ in range(5)
        ),
    ),
]
