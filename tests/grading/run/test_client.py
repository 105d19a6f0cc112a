"""What a kernel sends is bounded before it is held."""

import tracemalloc

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from grader.bounded_json import TooMuch
from grader.grading.limits import Limits
from grader.grading.run import client
from grader.questions import MIME
from support.courses import RIGHT


def test_a_message_that_is_too_long_is_never_held_and_costs_no_answer(bench, monkeypatch):
    monkeypatch.setattr(client, "LONGEST_OF_STOCK", 1 << 20)
    executed = bench.execute(
        RIGHT | {"pick": "print('x' * (3 << 20)); pick = 'keys'"},
        cell_seconds=20,
        silence_seconds=1,
    )
    assert bench.judge(executed)["soft_check"].points == 2.0
    assert len(str(bench.raw)) < 1 << 20


MIB = 1 << 20


def clients(tmp_path, **limits):
    """Return ours and nbclient's own, each with a cell to show something in; no kernel is there."""
    made = []
    for make in (
        lambda notebook: client.KernelClient(
            notebook, folder=tmp_path, provisioner="none", limits=Limits(**limits)
        ),
        NotebookClient,
    ):
        notebook = new_notebook(cells=[new_code_cell("")])
        one = make(notebook)
        one.reset_execution_trackers()
        one.clear_before_next_output = False
        made.append(one)
    return made


def message(kind, **content):
    return {"msg_type": kind, "header": {"msg_type": kind}, "parent_header": {}, "content": content}


def display(text, kind="display_data", name=None):
    transient = {"transient": {"display_id": name}} if name else {}
    return message(kind, data={"text/plain": text}, metadata={}, **transient)


def updates():
    for number in range(12):
        yield display("x", name=str(number))
        yield display(chr(97 + number) * (MIB // 2), "update_display_data", str(number))


def shown_again():
    for number in range(12):
        yield display("x", name=str(number))
    for number in range(12):
        yield display(chr(97 + number) * (2 * MIB), name=str(number))


def widgets():
    for number in range(12):
        model = dict.fromkeys(("_model_name", "_model_module", "_model_module_version"), "x")
        state = {"state": model | {"x": chr(97 + number) * MIB}}
        yield message("comm_open", comm_id=str(number), target_name="jupyter.widget", data=state)


def outputs():
    for _ in range(1500):
        yield display("x")


def prints():
    for _ in range(3000):
        yield message("stream", name="stdout", text="x")


@pytest.mark.parametrize("messages", [updates, shown_again, widgets, outputs, prints])
def test_what_a_client_holds_of_what_is_shown_has_a_bound(tmp_path, messages):
    held = []
    for one in clients(tmp_path, cell_output=MIB, notebook_output=MIB):
        tracemalloc.start()
        for told in messages():
            one.process_message(told, one.nb.cells[0], 0)
            del told
        held.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
    ours, stock = held
    assert ours < 3 * MIB
    assert stock > 2 * ours or messages is prints, "nbclient itself holds no more"


def test_a_stream_in_many_pieces_is_shown_whole(tmp_path):
    one, _ = clients(tmp_path)
    cell = one.nb.cells[0]
    for name, text in (("stdout", "a"), ("stdout", "b"), ("stderr", "c"), ("stdout", "d")):
        one.process_message(message("stream", name=name, text=text), cell, 0)
    assert ["".join(output["text"]) for output in cell.outputs] == ["ab", "c", "d"]


def test_answers_of_a_notebook_have_a_bound_together(tmp_path):
    one, _ = clients(tmp_path, notebook_answers=3 * MIB)
    cell = one.nb.cells[0]
    kept = []
    for number in range(5):
        one.begin_cell()
        answer = message("display_data", data={MIME: str(number) * MIB}, metadata={})
        one.process_message(answer, cell, 0)
        kept.append(not one.flooded)
    assert kept == [True, True, False, False, False]


def test_an_error_that_is_only_replied_is_cut_and_counted(tmp_path):
    one, _ = clients(tmp_path, cell_output=4 * MIB)
    reply = {"status": "error", "ename": "E", "evalue": "v" * MIB, "traceback": ["x" * MIB] * 500}
    for _ in range(5):
        cell = new_code_cell("")
        one._error_of_reply(cell=cell, execute_reply={"content": reply})
        assert cell.outputs[-1]["ename"] == "E"
    assert not cell.outputs[-1]["traceback"]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b'{"data": {"application/json": [' + b"[]," * (2 << 20) + b"1]}}", "heavy"),
        (b'"' + b"x" * (17 << 20) + b'"', "long"),
        (b'{"data": {"' + MIME.encode() + b'": "' + b"x" * (17 << 20) + b'"}}', "answer"),
        (b"[" * 901 + b"]" * 901, "deep"),
    ],
)
def test_a_message_is_weighed_before_it_is_parsed(tmp_path, data, what):
    one, _ = clients(tmp_path)
    with pytest.raises(TooMuch) as refused:
        one._unpack(data)
    assert refused.value.what == what
