"""What a study says in words."""

import dataclasses

from grader.study.comparison import Row
from grader.study.writing import csv_text, losses_text

ROW = Row(
    relation="obj",
    query="dependent",
    head="L2H0",
    n_select=90,
    accuracy_select=0.75,
    n=100,
    accuracy=2 / 3,
    low=0.6,
    high=0.7,
    offset=-2,
    baseline=0.35,
    difference=0.32,
    difference_low=0.25,
    difference_high=0.4,
)


def row(relation, difference, low, high):
    return dataclasses.replace(
        ROW,
        relation=relation,
        difference=difference,
        difference_low=low,
        difference_high=high,
    )


ABOVE = row("obj", 0.3, 0.2, 0.4)
BELOW = row("compound", -0.1, -0.2, -0.05)
EVEN = row("appos", 0.01, -0.1, 0.1)
FEWER = row("acl:relcl", -0.01, -0.1, 0.1)


def test_relations_that_attention_loses_are_named():
    assert losses_text([row("all", 0.1, 0.1, 0.1), ABOVE, BELOW]) == (
        "Of 2 relations the best head beats the fixed offset in 1, loses to it in 1 (compound), "
        "and cannot be told from it in 0."
    )


def test_relations_whose_interval_holds_zero_are_named():
    assert losses_text([ABOVE, EVEN, FEWER]) == (
        "Of 3 relations the best head beats the fixed offset in 1, loses to it in 0, "
        "and cannot be told from it in 2 (appos, acl:relcl). "
        "Of the last it is right less often in acl:relcl."
    )


def test_fractions_have_four_digits_in_a_table():
    header, line = csv_text([ROW]).splitlines()
    assert header.startswith("relation,query,head,n_select,accuracy_select,n,accuracy,low,high")
    assert line == "obj,dependent,L2H0,90,0.75,100,0.6667,0.6,0.7,-2,0.35,0.32,0.25,0.4,above"
