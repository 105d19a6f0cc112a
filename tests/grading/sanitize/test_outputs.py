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


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def error(ename="E", evalue="v", traceback=()):
    return {
        "output_type": "error",
        "ename": ename,
        "evalue": evalue,
        "traceback": list(traceback),
    }


def test_a_thousand_lines_are_kept_and_one_more_is_cut():
    thousand = "\n".join(map(str, range(1000)))
    assert kept([stream(thousand)])[0]["text"] == thousand
    (output,) = kept([stream(thousand + "\nlast")])
    assert output["text"].split("\n") == [*map(str, range(999)), "... output cut ...", ""]
    (output,) = kept([shown(**{"text/plain": thousand + "\nlast"})])
    assert output["data"]["text/plain"].endswith("998\n... output cut ...\n")


def test_of_a_long_traceback_the_ends_are_kept():
    hundred = list(map(str, range(100)))
    assert kept([error(traceback=hundred)])[0]["traceback"] == hundred
    (output,) = kept([error(traceback=[*hundred, "last"])])
    assert output["traceback"] == [*hundred[:50], "... output cut ...", *hundred[51:], "last"]


def test_an_errors_words_are_cut():
    (output,) = kept([error("E" * 201, "v" * 2001, ["t" * 20_001])])
    assert output["output_type"] == "error"
    assert (output["ename"], output["evalue"]) == ("E" * 200, "v" * 2000)
    assert output["traceback"] == ["t" * 20_000]


def test_an_error_is_kept_where_there_is_no_room_and_without_its_parts():
    outputs = kept([stream("x" * 2000), error()], cell_output=100)
    assert [o["output_type"] for o in outputs] == ["stream"]
    (output,) = kept([error(evalue="v" * 500)], cell_output=100)
    assert output["evalue"] == "v" * 500
    (output,) = kept([{"output_type": "error", "ename": 5, "traceback": None}])
    assert (output["ename"], output["evalue"], output["traceback"]) == ("", "", [])


def test_output_as_long_as_there_is_room_is_kept():
    size = len(json.dumps({"output_type": "stream", "name": "stdout", "text": "x" * 50}))
    assert kept([stream("x" * 50)], cell_output=size)[0]["text"] == "x" * 50
    assert "cut" in kept([stream("x" * 50)], cell_output=size - 1)[0]["text"]
    two = [stream("x" * 50), shown(**{"text/plain": "y"})]
    assert [o["output_type"] for o in kept(two, cell_output=size + 10)] == ["stream", "stream"]


def test_the_cells_of_a_notebook_share_its_room():
    cells = [
        {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [stream("x" * 600)]}
        for _ in range(3)
    ]
    notebook = from_dict({"cells": cells})
    keep_outputs(notebook, Limits(notebook_output=1500, cell_output=1000))
    texts = [cell.outputs[0]["text"] for cell in notebook.cells]
    assert texts == ["x" * 600, "x" * 600, "... output cut ...\n"]


def test_a_cell_behind_another_kind_of_cell_is_harmless_too():
    notebook = from_dict(
        {
            "cells": [
                {"cell_type": "markdown", "source": "x", "metadata": {}},
                {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [{"a": 1}]},
            ]
        }
    )
    keep_outputs(notebook, Limits())
    assert notebook.cells[1].outputs == []


@pytest.mark.parametrize(
    ("count", "stays"),
    [(0, 0), (7, 7), (10**9 - 1, 10**9 - 1), (10**9, None), (-1, None), (True, None), (1.0, None)],
)
def test_a_count_is_a_whole_number_of_at_most_nine_digits(count, stays):
    notebook = notebook_of({"cell_type": "code", "source": "1", "execution_count": count})
    keep_outputs(notebook, Limits())
    assert notebook.cells[0].execution_count == stays
    assert notebook.cells[0].outputs == []


def test_what_a_check_cell_shows_gives_way_to_its_card():
    def cell(name):
        nbgrader = {"grade_id": name}
        outputs = [stream("shown")]
        return {
            "cell_type": "code",
            "source": "1",
            "metadata": {"nbgrader": nbgrader},
            "outputs": outputs,
        }

    notebook = from_dict({"cells": [cell("one"), cell("two"), cell("one")]})
    keep_outputs(notebook, Limits(), drop={"one"})
    assert [len(cell.outputs) for cell in notebook.cells] == [0, 1, 0]


def test_streams_of_two_names_and_streams_apart_stay_apart():
    outputs = kept(
        [stream("a"), stream("b", "stderr"), stream("c", "stderr"), error(), stream("d", "stderr")]
    )
    assert [(o.get("name"), o.get("text")) for o in outputs] == [
        ("stdout", "a"),
        ("stderr", "bc"),
        (None, None),
        ("stderr", "d"),
    ]


def test_a_text_in_parts_is_joined_and_what_is_no_text_is_left_out():
    assert kept([stream(["a", 5, "b"])])[0]["text"] == "ab"
    assert kept([stream(5)])[0]["text"] == ""
    (output,) = kept([shown(**{"text/plain": ["a", "b"]})])
    assert output == {"output_type": "display_data", "data": {"text/plain": "ab"}, "metadata": {}}


def test_a_result_stays_a_result_without_its_count():
    result = {"output_type": "execute_result", "metadata": {"a": 1}, "execution_count": 3}
    (output,) = kept([result | {"data": {"text/html": "<b>"}}])
    assert output == {
        "output_type": "execute_result",
        "data": {},
        "metadata": {},
        "execution_count": None,
    }


def test_twenty_attachments_with_short_names_are_kept():
    picture_ = {"image/png": picture()}
    many = {f"{i}.png": picture_ for i in range(21)}
    assert len(keep_attachments(many, Pictures(), 10**6)) == 20
    names = {"n" * 200: picture_, "n" * 201: picture_, "x": "no dict"}
    assert list(keep_attachments(names, Pictures(), 10**6)) == ["n" * 200]


def test_attachments_have_room_together():
    one = keep_attachments({"a": {"image/png": picture()}}, Pictures(), 10**6)
    size = len(one["a"]["image/png"])
    two = {"a": {"image/png": picture()}, "b": {"image/png": picture()}}
    assert list(keep_attachments(two, Pictures(), 2 * size)) == ["a", "b"]
    assert list(keep_attachments(two, Pictures(), 2 * size - 1)) == ["a"]
