import base64
import io
import json

import pytest
from nbformat import from_dict
from PIL import Image

from grader.grading.limits import Limits
from grader.grading.sanitize.outputs import NO_PICTURE, keep_attachments, keep_outputs
from grader.grading.sanitize.pictures import Pictures


def kept(outputs, **limits):
    notebook = notebook_of({"cell_type": "code", "source": "1", "outputs": outputs})
    keep_outputs(notebook, Limits(**limits))
    return notebook.cells[0].outputs


def notebook_of(cell):
    return from_dict({"cells": [{"metadata": {}, **cell}]})


def shown(**data):
    return {"output_type": "display_data", "metadata": {}, "data": data}


def picture(kind="PNG", size=(3, 2), tail=b""):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return base64.b64encode(out.getvalue() + tail).decode()


@pytest.mark.parametrize(
    "mime",
    [
        "text/html",
        "image/svg+xml",
        "application/javascript",
        "text/markdown",
        "text/latex",
        "application/pdf",
        "application/vnd.jupyter.widget-view+json",
        "application/vnd.seeing-attention.answer+json",
    ],
)
def test_only_text_and_pictures_are_kept(mime):
    (output,) = kept([shown(**{mime: "<script>alert(1)</script>", "text/plain": "here"})])
    assert output["data"] == {"text/plain": "here"}
    assert kept([shown(**{mime: "<script>"})]) == []


@pytest.mark.parametrize(("mime", "kind"), [("image/png", "PNG"), ("image/jpeg", "JPEG")])
def test_a_picture_is_encoded_anew_and_loses_what_was_hidden_behind_it(mime, kind):
    (output,) = kept([shown(**{mime: picture(kind, tail=b"<script>alert(1)</script>")})])
    again = base64.b64decode(output["data"][mime])
    assert b"script" not in again
    assert Image.open(io.BytesIO(again)).size == (3, 2)


def test_a_picture_is_encoded_anew_and_then_stays_as_it_is():
    came = picture(size=(60, 40))
    once = kept([shown(**{"image/png": came})])[0]["data"]["image/png"]
    assert once != came
    assert kept([shown(**{"image/png": once})])[0]["data"]["image/png"] == once


@pytest.mark.parametrize("alpha", [255, 100])
def test_a_picture_keeps_its_pixels_and_what_shines_through(alpha):
    drawn = Image.new("RGBA", (3, 2), (10, 200, 30, 255))
    drawn.putpixel((1, 1), (250, 0, 0, alpha))
    data = io.BytesIO()
    drawn.save(data, "PNG")
    (output,) = kept([shown(**{"image/png": base64.b64encode(data.getvalue()).decode()})])
    again = Image.open(io.BytesIO(base64.b64decode(output["data"]["image/png"])))
    assert again.convert("RGBA").tobytes() == drawn.tobytes()


@pytest.mark.parametrize(
    "data", ["", "%%%", base64.b64encode(b"<svg onload=x>").decode(), ["a"], 7]
)
def test_what_is_no_picture_is_dropped(data):
    assert kept([shown(**{"image/png": data})]) == []


def test_a_picture_of_another_kind_is_dropped():
    assert kept([shown(**{"image/png": picture("GIF")})]) == []


def test_a_decompression_bomb_is_dropped_and_named():
    bomb = shown(**{"image/png": picture(size=(4000, 4000))})
    assert [output["text"] for output in kept([bomb, bomb])] == [NO_PICTURE + "\n"]


def test_long_output_is_cut_with_a_note():
    outputs = kept(
        [shown(**{"text/plain": "x" * 600}), shown(**{"text/plain": "y" * 600})], cell_output=1000
    )
    assert len(outputs) == 2
    assert "cut" in outputs[1]["text"]


def test_streams_that_follow_each_other_are_one():
    outputs = kept(
        [{"output_type": "stream", "name": "stdout", "text": part} for part in ("a", "b", "c")]
    )
    assert [o["text"] for o in outputs] == ["abc"]


def test_many_lines_are_cut():
    (output,) = kept([{"output_type": "stream", "name": "stdout", "text": "x\n" * 5000}])
    assert output["text"].count("\n") == 1000


def test_control_characters_and_surrogates_are_taken_out():
    (output,) = kept(
        [{"output_type": "stream", "name": "evil", "text": "a\x07\x9b\ud800\x1b[31mb"}]
    )
    assert output["text"] == "a?\x1b[31mb"
    assert output["name"] == "stdout"


def test_malformed_outputs_are_dropped():
    assert kept([{"output_type": "x"}, {}, {"output_type": "display_data", "data": [1]}]) == []


def test_an_execution_count_is_a_count():
    notebook = notebook_of({"cell_type": "code", "source": "1", "execution_count": "<b>"})
    keep_outputs(notebook, Limits())
    assert notebook.cells[0].execution_count is None


def test_attachments_are_pictures():
    data = {
        "a.png": {"image/png": picture()},
        "b.svg": {"image/svg+xml": "<svg/>"},
        "<c>": {"image/png": picture()},
    }
    assert list(keep_attachments(data, Pictures(), 1000)) == ["a.png", "<c>"]
    assert keep_attachments(data, Pictures(), 10) == {}
    assert keep_attachments("x", Pictures(), 1000) == {}
    notebook = notebook_of({"cell_type": "markdown", "source": "x", "attachments": data})
    keep_outputs(notebook, Limits())
    assert list(notebook.cells[0].attachments) == ["a.png", "<c>"]
    json.dumps(notebook)
