"""A study's files: study.csv, study.md, study.json, study.svg. Same study, same bytes."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from grader.study.comparison import ALL, DRAWS, Row

FILES = ("study.csv", "study.md", "study.json", "study.svg")
_DIGITS = 4


def write_study(folder: Path, about: dict, rows: Sequence[Row]) -> list[Path]:
    """Write the four files and return their paths.

    Args:
        folder: made if it is not there.
        about: what was studied: model, treebanks, what was left out.
        rows: what was found.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents = (
        csv_text(rows),
        markdown_text(about, rows),
        json.dumps(study_json(about, rows), indent=1, ensure_ascii=False) + "\n",
        svg_text(about, rows),
    )
    paths = [folder / name for name in FILES]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(content, encoding="utf-8", newline="\n")
    return paths


def study_json(about: dict, rows: Sequence[Row]) -> dict:
    """Return the study as one object, fractions rounded."""
    return about | {"rows": [_rounded(row) for row in rows]}


def csv_text(rows: Sequence[Row]) -> str:
    """Return one line a relation."""
    file = io.StringIO()
    table = [_rounded(row) for row in rows]
    writer = csv.DictWriter(file, table[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return file.getvalue()


def markdown_text(about: dict, rows: Sequence[Row]) -> str:
    """Return the study as a page: what was done, the table, where attention loses."""
    select, report = about["select"], about["report"]
    lines = [
        f"# Relations and heads: {about['model']}",
        "",
        f"Heads chosen on {select['file']} ({select['sentences']} sentences), reported on "
        f"{report['file']} ({report['sentences']} sentences). A head is right where the query's "
        "most attended other word, special tokens left out, is the other end of the arc. Word "
        "pieces are merged: sum over key pieces, mean over query pieces. The baseline is the best "
        "fixed offset on the report treebank, which favours it. Brackets hold 95 % of "
        f"{DRAWS} draws of whole sentences. Layers and heads count from 0.",
        "",
        "| relation | query | head | accuracy | baseline (offset) | difference | n |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row.relation} | {row.query} | {row.head} "
            f"| {row.accuracy:.3f} [{row.low:.3f}, {row.high:.3f}] "
            f"| {row.baseline:.3f} ({row.offset:+d}) "
            f"| {row.difference:+.3f} [{row.difference_low:+.3f}, {row.difference_high:+.3f}] "
            f"| {row.n} |"
        )
    lines += ["", losses_text(rows), "", _left_out(about), ""]
    return "\n".join(lines)


def losses_text(rows: Sequence[Row]) -> str:
    """Say in how many relations attention beats the baseline, and name those where it does not."""
    named = [row for row in rows if row.relation != ALL]
    below = [row.relation for row in named if row.verdict == "below"]
    neither = [row.relation for row in named if row.verdict == "neither"]
    fewer = [row.relation for row in named if row.verdict == "neither" and row.difference < 0]
    said = (
        f"Of {len(named)} relations the best head beats the fixed offset in "
        f"{len(named) - len(below) - len(neither)}, loses to it in {len(below)}{_list(below)}, "
        f"and cannot be told from it in {len(neither)}{_list(neither)}."
    )
    return said + (f" Of the last it is right less often in {', '.join(fewer)}." if fewer else "")


def _list(names: Sequence[str]) -> str:
    return f" ({', '.join(names)})" if names else ""


def _left_out(about: dict) -> str:
    parts = [
        f"{about[side]['file']}: {about[side]['too_long']} sentences longer than the model reads, "
        f"{about[side]['dropped']} arcs to a word that the tokenizer drops"
        for side in ("select", "report")
    ]
    return f"Left out: {'; '.join(parts)}; relations with fewer than {about['least']} arcs."


def svg_text(about: dict, rows: Sequence[Row]) -> str:
    """Return a plot: each relation's accuracy with its interval, and its baseline."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # The salt makes the ids in the file, and so its bytes, the same each time.
    with mpl.rc_context({"svg.hashsalt": "study", "font.family": "DejaVu Sans", "font.size": 9}):
        figure = Figure(figsize=(7, 1.2 + 0.22 * len(rows)), layout="constrained")
        axes = figure.subplots()
        places = range(len(rows))
        accuracies = [row.accuracy for row in rows]
        bars = [
            [row.accuracy - row.low for row in rows],
            [row.high - row.accuracy for row in rows],
        ]
        axes.hlines(
            places, [row.baseline for row in rows], accuracies, color="#c9c4b8", linewidth=3
        )
        axes.errorbar(accuracies, places, xerr=bars, fmt="o", color="#1b5488", label="best head")
        axes.plot(
            [row.baseline for row in rows], places, "D", color="#a83c1c", label="best fixed offset"
        )
        axes.set_yticks(
            places, [f"{row.relation}  ({row.query}, {row.head}, n = {row.n})" for row in rows]
        )
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.set_xlabel(f"accuracy on {about['report']['file']}, {about['model']}")
        axes.grid(axis="x", color="#e6e2d8")
        axes.set_axisbelow(True)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()


def _rounded(row: Row) -> dict:
    return {
        key: round(value, _DIGITS) if isinstance(value, float) else value
        for key, value in row.to_json().items()
    }
