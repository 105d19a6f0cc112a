import base64
import io
import mimetypes

import numpy as np
import pytest
from PIL import Image

from grader.grading.batch import Settings, autograde
from grader.grading.intake.changes import sentence
from grader.grading.sanitize.harmless_files import BEGINNINGS, TEXT, harmless, is_harmless
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released

SCRIPT = b"<script>fetch('/formgrader/api/grade/1', {method: 'PUT'})</script>"
DATA = b"a,b\n1,2\n"


def saved(make) -> bytes:
    out = io.BytesIO()
    make(out)
    return out.getvalue()


PICTURE = saved(lambda out: Image.new("RGB", (3, 2), "red").save(out, "PNG"))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("data.csv", DATA),
        ("DATA.TSV", DATA),
        ("data/我的 数据 (1).txt", "句子".encode()),
        ("a.b-c_d.json", b'{"a": "<b>"}'),
        ("head.png", PICTURE),
        ("photo.JPG", saved(lambda out: Image.new("RGB", (3, 2)).save(out, "JPEG"))),
        ("weights.npy", saved(lambda out: np.save(out, np.eye(2)))),
        ("weights.npz", saved(lambda out: np.savez(out, a=np.eye(2)))),
        ("empty.txt", b""),
    ],
)
def test_plain_data_is_stored(name, data):
    assert is_harmless(name, data)


ENDINGS = (
    "html HTM xhtml xht shtml svg svgz xml xsl rdf mhtml mht pdf js mjs css swf wasm vtt hta jar "
    "zip webmanifest ipynb py md csv.html html. html~ csv%00.html csv. unknown"
)
NAMES = [f"evil.{ending}" for ending in ENDINGS.split(" ")] + [
    "evil",
    ".csv",
    "nbgrader_config.py",
    "evil.csv ",
    "evil.html ",
    "evil.html?.csv",
    "evil.html#.csv",
    "evil.html;.csv",
    "a:b.csv",
    "..\\evil.csv",
    "../evil.csv",
    "/evil.csv",
    "x//evil.csv",
    ".git/evil.csv",
    "a\n.csv",
    "data:text/html,evil.csv",
    "evil.htm\u200b",
    "evil\u202elmth.csv",
    "&quot;.csv",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("data", [SCRIPT, DATA, b""])
def test_what_is_not_known_to_be_harmless_by_its_name_is_not_stored(name, data):
    assert not is_harmless(name, data)


@pytest.mark.parametrize("ending", ["csv", "txt", "json", "png", "jpg", "gif", "npy", "npz"])
@pytest.mark.parametrize(
    "data",
    [
        SCRIPT,
        b" \n\t\xef\xbb\xbf<!DOCTYPE html>",
        SCRIPT.decode().encode("utf-16"),
        SCRIPT.decode().encode("utf-32-be"),
        b"<?xml version='1.0'?><svg/>",
        b"\n%PDF-1.7",
        b"x" * 900 + b"%PDF-1.7",
    ],
)
def test_what_begins_like_a_page_is_not_stored_whatever_its_name(ending, data):
    assert not is_harmless(f"evil.{ending}", data)


def test_what_is_stored_is_served_as_data():
    """By the table that formgrader's file handler asks; an unknown type is a download."""
    for ending in TEXT | BEGINNINGS.keys():
        kind = mimetypes.guess_type(f"/course/x{ending}")[0] or "application/octet-stream"
        assert not kind.endswith(("html", "xml", "svg+xml", "javascript", "pdf")), kind


def test_files_of_the_course_are_stored_as_they_are():
    page = {"help.html": SCRIPT}
    assert harmless(page, page) == page
    assert harmless({"help.html": SCRIPT + b" "}, page) == {}


def test_cells_read_every_file_and_beside_the_graded_notebook_lies_only_data(tmp_path):
    course = make_course(tmp_path)
    folder = hand_in(course, "eve", filled(released(course), RIGHT)).parent
    given = {"evil.html": SCRIPT, "data.csv": DATA, "sub/x.svg": b"<svg/>", "sub/y.png": PICTURE}
    for name, data in given.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    seen = {}

    def run(jobs):
        for job in jobs:
            seen.update(job.files)
        return in_process(jobs)

    batch = autograde(course, "mini", Settings(run=run, load_model=NoModel))
    assert seen == given
    stored = course.folder("autograded", "mini", "eve")
    names = {p.relative_to(stored).as_posix() for p in stored.rglob("*") if p.is_file()}
    assert names == {"mini.ipynb", "data.csv", "sub/y.png"}
    assert (folder / "evil.html").read_bytes() == SCRIPT
    changes = [c for c in batch.entries["eve"].changes if c["kind"] == "apart"]
    said = [sentence(change, "en") for change in changes]
    assert [text.rpartition(": ")[2] for text in said] == ["evil.html, sub/x.svg"]


def test_what_is_stored_has_a_bound(monkeypatch):
    monkeypatch.setattr("grader.grading.sanitize.harmless_files.MOST_STORED", 20)
    files = {"a.csv": b"x" * 15, "b.csv": b"x" * 6, "c.csv": b"x" * 5, "d.html": b"y" * 30}
    assert harmless(files, {"d.html": b"y" * 30}).keys() == {"a.csv", "c.csv", "d.html"}


def test_a_picture_file_may_not_end_as_another_kind():
    page = base64.b64encode(SCRIPT)
    assert not is_harmless("evil.png", b"GIF89a" + page)
