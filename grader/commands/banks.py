"""What authors of exercises with many variants run."""

import argparse
from pathlib import Path

from grader.commands import Command
from grader.commands.arguments import exercises, exercises_folder, slug
from grader.commands.terminal import Progress, answer


def _bank(arguments: argparse.Namespace) -> int:
    from grader.capture import load_model
    from grader.errors import CourseError
    from grader.questions import load_exercise
    from grader.questions.banks import BANKS, choose
    from grader.questions.banks.choosing import SIZE
    from grader.questions.variants import FILE, write_variants

    if arguments.slug not in BANKS:
        raise CourseError(
            f'no bank is known for "{arguments.slug}"; known are: {", ".join(BANKS)}.'
        )
    bank = BANKS[arguments.slug]
    folder: Path = exercises_folder(arguments.exercises) / bank.slug
    if not (folder / FILE).is_file():
        write_variants(folder / FILE, bank.columns, [bank.first])
    measures = load_exercise(folder).measures
    progress = Progress()
    chosen = []
    for variant in choose(bank, measures, load_model()):
        chosen.append(variant)
        progress(len(chosen), SIZE, variant["sentence"])
    write_variants(folder / FILE, bank.columns, chosen)
    answer(
        arguments,
        {"exercise": bank.slug, "variants": len(chosen), "file": str(folder / FILE)},
        f"{folder / FILE}: {len(chosen)} variants",
    )
    return 0


def _bank_arguments(parser: argparse.ArgumentParser) -> None:
    slug(parser)
    exercises(parser)


COMMANDS = (
    Command(
        "bank",
        "choose an exercise's sentences anew, one for each student",
        "exercise, variants (how many), file",
        _bank,
        _bank_arguments,
    ),
)
