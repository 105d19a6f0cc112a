"""``grader study``: two treebanks and a model in, four files and a summary out."""

import argparse
from collections.abc import Callable

from grader.capture import load_model
from grader.study.arc_counts import Tally, count
from grader.study.comparison import compare
from grader.study.treebank import Treebank, read_treebank
from grader.study.writing import losses_text, study_json, write_study

Progress = Callable[[int, int, str], None]


def run(arguments: argparse.Namespace, start: Callable[[], Progress]) -> tuple[dict, str]:
    """Run a study and write its files; return what ``--json`` prints, and lines for a person.

    Args:
        arguments: select, report, model, out, least.
        start: called when all is loaded; returns what is then called with sentences done,
            sentences of both files, and the file at work.

    Raises:
        GraderError: a treebank or the model cannot be read, or no relation is frequent enough.
    """
    model = load_model(arguments.model)
    banks = read_treebank(arguments.select), read_treebank(arguments.report)
    progress = start()
    total = sum(len(bank.sentences) for bank in banks)
    tallies: list[Tally] = []
    for bank in banks:
        before = 0 if not tallies else len(banks[0].sentences)

        def say(done: int, _: int, before=before, name=bank.name) -> None:
            progress(before + done, total, name)

        tallies.append(count(model, bank, progress=say))
    rows = compare(*tallies, least=arguments.least)
    about = {
        "model": model.name,
        "sha256": model.sha256,
        "select": _about(banks[0], tallies[0]),
        "report": _about(banks[1], tallies[1]),
        "least": arguments.least,
    }
    paths = write_study(arguments.out, about, rows)
    data = study_json(about, rows) | {"files": [str(path) for path in paths]}
    return data, f"{losses_text(rows)}\n{', '.join(str(path) for path in paths)}"


def _about(bank: Treebank, tally: Tally) -> dict:
    return {
        "file": bank.name,
        "sha256": bank.sha256,
        "sentences": tally.n_sentences,
        "arcs": len(tally.relations),
        "too_long": tally.too_long,
        "dropped": tally.dropped,
    }
