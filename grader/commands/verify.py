"""Whether grades are what was given: the record, the files, the gradebook, judged once more."""

import argparse

from grader.commands import Command
from grader.commands.arguments import course
from grader.commands.terminal import answer

MOST_FAULTS = 20
"""Lines of a broken record that are named one by one."""
NOTED = {
    True: "The head that you noted is in it: everything up to there is as it was.",
    False: "The head that you noted is not in it, there is no such hash: the record was changed "
    "or replaced, or the hash belongs to another course.",
}
NEARLY = (
    "The head that you noted is not in it, there is no such hash; that of entry {number} differs "
    "in a few characters: compare what you typed."
)
BROKEN = {
    "changed": "is not what was written; bring the file back from a copy.",
    "moved": "does not follow the entry before it (one was changed, taken out or put in); bring "
    "the file back from a copy.",
    "cut": "was not written to its end (a crash, or somebody cut it). It counts as not written: "
    "the next `grader autograde` gives that grade anew in its place.",
    "illegible": "cannot be read, and counts as not written; bring the file back from a copy.",
    "line ends": "ends in CRLF: an editor or a transfer changed the line ends; write LF again.",
    "mark": "begins with a byte order mark, put there by an editor; take these three bytes away.",
    "long": "is longer than any entry, and counts as not written; bring the file back from a copy.",
}
CONFIRM = (
    "Marks that neither the record nor `grader written` explains: {count}. Look at each; "
    "`grader verify {slug} --confirm` notes that you stand for them, as they are now."
)


def _verify(arguments: argparse.Namespace) -> int:
    from dataclasses import asdict

    from grader.errors import GraderError
    from grader.grading.again.audit import confirm, confirmed_faults, confirmed_path
    from grader.grading.again.replay import check_chain, slugs_of, verify
    from grader.grading.store.record import only_one, record_path

    opened = course(arguments)
    students = tuple(arguments.student or ())
    with only_one(opened):
        chain = check_chain(opened, arguments.head)
        slugs = [slug for slug in slugs_of(opened) if arguments.slug in (None, slug)]
        if arguments.slug and not slugs:
            raise GraderError(f"Nothing is graded in {arguments.slug!a}.")
        found = [verify(opened, slug, students) for slug in slugs]
        if arguments.confirm:
            for one in found:
                confirm(opened, one.exercise, one.by_hand)
        confirmed = confirmed_faults(opened)
    if chain.faults:
        lines = [f"The record is not as it was written: {len(chain.faults)} lines."]
        lines += _named(record_path(opened), chain.faults)
    else:
        lines = [f"The record is whole: {chain.entries} entries, head {chain.head}."]
    lines += _named(confirmed_path(opened), confirmed)
    if chain.noted is not None:
        near = NEARLY.format(number=chain.nearly)
        lines.append(near if chain.nearly else NOTED[chain.noted])
    for one in found:
        lines.append(
            f"{one.exercise}: judged again from recorded answers {len(one.replayed)}, "
            f"nothing to judge {len(one.left)}, differences {len(one.differences)}."
        )
        lines += [": ".join(filter(None, (d.student, d.what))) for d in one.differences]
        if one.by_hand and not arguments.confirm:
            lines.append(CONFIRM.format(count=len(one.by_hand), slug=one.exercise))
        prefix = "confirmed: " if arguments.confirm else ""
        lines += [f"{prefix}{mark.student}: {mark.what}" for mark in one.by_hand]
    open_marks = any(one.by_hand for one in found) and not arguments.confirm
    differ = any(one.differences for one in found)
    well = chain.well and not confirmed and not differ and not open_marks
    data = asdict(chain) | {
        "exercises": [asdict(one) for one in found],
        "confirmed": bool(arguments.confirm),
        "well": well,
    }
    answer(arguments, data, "\n".join(lines))
    return 0 if well else 1


def _named(path, faults) -> list[str]:
    shown = faults[:MOST_FAULTS]
    more = [f"... and {len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
    return [f"{path}:{one.line}: entry {one.line} {BROKEN[one.how]}" for one in shown] + more


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slug", metavar="SLUG", nargs="?", help="only this exercise's grades")
    parser.add_argument("--head", default="", metavar="HASH", help="one that autograde printed")
    parser.add_argument("--student", action="append", metavar="ID", help="only this one's grades")
    parser.add_argument(
        "--confirm", action="store_true", help="stand for the marks that nobody else explains"
    )


COMMANDS = (
    Command(
        "verify",
        "check the record, the gradebook's marks, and judge recorded answers again",
        "broken (null, or number and how), faults (a list of line and how), entries, head, noted, "
        "nearly (the entry whose hash nearly is the noted one, else 0), confirmed (whether marks "
        "were), well, exercises: a list of exercise, replayed (ids), left (id to reason), "
        "differences (student, what), by_hand (student, question, manual, extra, maximum, what)",
        _verify,
        _arguments,
    ),
)
