import json
import tomllib

import pytest
from bench.safety import BLANK, CORPUS, KINDS, PEER, POINTS, Figures, _outputs, render, table
from bench.safety_graders import MARKER

CORPUS_DATA = tomllib.loads(CORPUS.read_text(encoding="utf-8"))
FIELDS = {"name", "kind", "answers", "pick", "soft", "first", "last", "markdown", "tests", "bytes"}
FIELDS |= {"alone"}
BASE = {
    "cells": [
        {"cell_type": "code", "metadata": {"part": part}, "source": source, "outputs": []}
        for part, source in (
            ("start", 'student = ""'),
            ("pick", "pick = None"),
            ("pick_check", "test of pick"),
            ("soft", ""),
            ("soft_check", "test of soft"),
        )
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def sources(recipe, **places):
    made = json.loads(render(recipe, CORPUS_DATA, BASE, "ann", places))
    return ["".join(cell["source"]) for cell in made["cells"]]


def test_every_recipe_says_only_what_the_readme_explains():
    told = CORPUS.with_name("README.md").read_text(encoding="utf-8")
    names = [recipe["name"] for recipe in CORPUS_DATA["recipe"]]
    assert len(names) == len(set(names))
    for recipe in CORPUS_DATA["recipe"]:
        assert recipe["kind"] in KINDS
        assert recipe.keys() <= FIELDS
    for field in FIELDS:
        assert f"`{field}`" in told


@pytest.mark.parametrize("recipe", CORPUS_DATA["recipe"], ids=lambda recipe: recipe["name"])
def test_a_recipe_is_python_and_leaves_no_place_open(recipe):
    if "bytes" in recipe:
        return
    places = {"peer": "/p", "tests": "/t", "scores": "/s", "loot": "/l"}
    for source in sources(recipe, **places):
        assert "<<" not in source
    for part in ("first", "last", "pick", "soft"):
        compile(recipe.get(part, ""), recipe["name"], "exec")


def test_the_controls_are_a_blank_notebook_and_a_right_one_that_can_be_known_again():
    assert sources(BLANK)[1:4] == ["pick = None", "test of pick", CORPUS_DATA["starter"]["soft"]]
    right = sources(PEER)
    assert right[0] == 'student = "ann"'
    assert right[1] == 'pick = "keys"'
    assert MARKER in right[-1]


@pytest.mark.parametrize(("tests", "count"), [("deleted", 0), ("edited", 1), ("twice", 2)])
def test_the_students_copy_of_a_test_is_deleted_edited_or_pasted_twice(tests, count):
    made = sources({"name": "x", "kind": "honest", "tests": tests})
    assert sum(source.startswith("test of pick") for source in made) == count
    assert ("test of pick" in made) == (tests == "twice")


def test_what_a_notebook_says_itself_is_nothing_that_was_read():
    cell = {"cell_type": "code", "source": MARKER, "outputs": [{"text": "nothing"}]}
    assert MARKER not in _outputs(json.dumps({"cells": [cell]}))
    assert MARKER in _outputs(json.dumps({"cells": [cell | {"outputs": [{"text": MARKER}]}]}))
    assert MARKER in _outputs(f"loot: {MARKER}")


def test_the_table_names_what_counted_and_each_control_that_failed():
    figures = Figures()
    figures.count({"kind": "honest", "name": "a flaw"}, POINTS)
    figures.controls["a control"] = False
    text = table({"ours": figures}, "about")
    assert "| honest points lost | 3 |" in text
    assert "- honest points lost, 3: a flaw" in text
    assert "- control failed: a control" in text
