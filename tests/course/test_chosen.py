"""Which notebook of a submission counts, and that every other choice is told."""

import json

import pytest

from grader.course.archive import Member
from grader.course.chosen import choose
from grader.course.naming import Place
from grader.course.receipt import receipt
from support.handed_out import zip_of


def notebook(text="x", slug="mini") -> bytes:
    cells = [f'start("{slug}", student="a")', text]
    return json.dumps(
        {
            "nbformat": 4,
            "cells": [{"cell_type": "code", "source": source} for source in cells],
        }
    ).encode()


def chosen(files: dict, orders=None, typed=(), blank=()):
    parts = [
        (
            Place("bob", name, order=(orders or {}).get(name, 0), typed=name in typed),
            Member(name, len(data), lambda data=data: data),
        )
        for name, data in files.items()
    ]
    return choose("mini", parts, blank)


def counted(choice) -> dict[str, str]:
    return {name: file.origin for name, file in choice.files.items()}


RIGHT = [
    "mini.ipynb",
    "Mini.ipynb",
    "MINI.IPYNB",
    "望远镜 最终版.ipynb",
    "mini (3).ipynb",
    "mini（2）.ipynb",
    "mini - 副本.ipynb",
    "Mini/mini.ipynb",
    "a/b/mini.ipynb",
]


@pytest.mark.parametrize("name", RIGHT)
def test_the_only_notebook_counts_whatever_it_is_called(name):
    choice = chosen({name: notebook()})
    assert (counted(choice), choice.warnings) == ({"mini.ipynb": name}, [])


@pytest.mark.parametrize("name", ["mini.zh.ipynb", "mini.en.ipynb"])
def test_the_other_language_keeps_its_name(name):
    assert counted(chosen({name: notebook()})) == {name: name}


@pytest.mark.parametrize(
    "name",
    [
        "mini.ipynb.txt",
        "mini.ipynb.json",
        "mini.ipynb (1)",
        "mini.ipynb.download",
        "mini",
        "mini.json",
    ],
)
def test_a_notebook_under_another_kind_of_name_is_taken_and_told(name):
    choice = chosen({name: notebook()})
    assert counted(choice) == {"mini.ipynb": name}
    assert choice.warnings == [f"{name} holds a notebook and is not called one; it was taken"]


@pytest.mark.parametrize("name", ["mini.ipynb.zip", "作业.zip", "A.ZIP"])
def test_a_zip_is_opened_where_there_is_no_notebook(name):
    data = zip_of({"Mini/mini.ipynb": notebook(), "Mini/data.csv": b"1"})
    choice = chosen({name: data})
    assert counted(choice) == {
        "mini.ipynb": f"{name}: Mini/mini.ipynb",
        "data.csv": f"{name}: Mini/data.csv",
    }
    assert choice.warnings == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"<!DOCTYPE html><html>", "it is a web page"),
        (b"\n<html>", "it is a web page"),
        (b"%PDF", "it cannot be read as one"),
        (b"{}", "it cannot be read as one"),
        (b"[" * 2_000_000, "it cannot be read as one"),
    ],
)
def test_what_is_no_notebook_is_told(data, said):
    choice = chosen({"mini.ipynb": data})
    assert counted(choice) == {"mini.ipynb": "mini.ipynb"}  # the grader says so, too
    assert choice.warnings[0].startswith(f"mini.ipynb is no notebook: {said}")


def test_of_canvas_uploads_the_last_counts_without_a_word():
    files = {"mini.ipynb": notebook("old"), "mini-1.ipynb": notebook("new")}
    choice = chosen(files, {"mini.ipynb": 901, "mini-1.ipynb": 907})
    assert (counted(choice), choice.warnings) == ({"mini.ipynb": "mini-1.ipynb"}, [])
    assert [file.origin for file in choice.beside] == ["mini.ipynb"]


def test_of_two_copies_the_later_number_counts_and_it_is_told():
    choice = chosen({"mini.ipynb": notebook("a"), "mini (1).ipynb": notebook("b")})
    assert counted(choice) == {"mini.ipynb": "mini (1).ipynb"}
    assert choice.warnings == [
        "two notebooks or more: mini (1).ipynb, mini.ipynb; mini (1).ipynb counts"
    ]
    assert [file.origin for file in choice.beside] == ["mini.ipynb"]


def test_a_notebook_as_it_was_released_is_not_meant():
    files = {"mini.ipynb": notebook("mine"), "mini (1).ipynb": notebook("blank")}
    choice = chosen(files, blank={receipt(notebook("blank"))})
    assert (counted(choice), choice.warnings) == ({"mini.ipynb": "mini.ipynb"}, [])
    assert counted(chosen({"mini.ipynb": notebook()}, blank={receipt(notebook())}))


def test_the_same_notebook_twice_is_one():
    choice = chosen({"mini.ipynb": notebook(), "copy.ipynb": notebook()})
    assert len(choice.files) == 1
    assert choice.warnings == []
    assert len(choice.beside) == 1


def test_a_notebook_beside_the_exercises_is_kept_and_told():
    choice = chosen({"mini.ipynb": notebook(), "scratch.ipynb": notebook(slug="other")})
    assert counted(choice) == {"mini.ipynb": "mini.ipynb"}
    assert choice.warnings == ["kept in earlier/, not graded: scratch.ipynb"]
    assert [file.origin for file in choice.beside] == ["scratch.ipynb"]


def test_both_languages_filled_in_are_kept_and_told():
    choice = chosen({"mini.ipynb": notebook("a"), "mini.zh.ipynb": notebook("b")})
    assert set(choice.files) == {"mini.ipynb", "mini.zh.ipynb"}
    assert "two notebooks or more" in choice.warnings[0]


def test_which_of_two_is_meant_is_asked():
    choice = chosen({"a.ipynb": notebook("a"), "b.ipynb": notebook("b")})
    assert choice.warnings == ["which notebook is meant? a.ipynb, b.ipynb"]
    assert set(choice.files) == {"a.ipynb", "b.ipynb"}


def test_a_notebook_of_another_exercise_is_told():
    choice = chosen({"mini.ipynb": notebook(slug="maxi")})
    assert choice.warnings == ["mini.ipynb is about maxi"]


def test_a_checkpoint_counts_only_where_there_is_nothing_else():
    name = ".ipynb_checkpoints/mini-checkpoint.ipynb"
    both = chosen({"mini.ipynb": notebook("new"), name: notebook("old")})
    assert (counted(both), both.warnings) == ({"mini.ipynb": "mini.ipynb"}, [])
    assert [file.origin for file in both.beside] == [name]
    alone = chosen({name: notebook()})
    assert counted(alone) == {"mini.ipynb": name}
    assert "it was taken" in alone.warnings[0]


def test_text_typed_into_the_platform_is_kept_and_told():
    choice = chosen({"onlinetext.html": b"<p>hi"}, typed=["onlinetext.html"])
    assert [file.origin for file in choice.beside] == ["onlinetext.html"]
    assert choice.warnings == ["text typed into the platform, and no file"]


def test_a_submission_has_a_bound_and_the_notebook_comes_first(monkeypatch):
    monkeypatch.setattr("grader.course.chosen.SUBMISSION", 1 << 10)
    choice = chosen({"a.bin": b"x" * 900, "mini.ipynb": notebook(), "b.bin": b"y" * 200})
    assert set(choice.files) == {"mini.ipynb", "b.bin"}
    assert [one.name for one in choice.refused] == ["a.bin"]
