"""``grader claims``: every claim with its pages, value, source, and whether it still holds."""

import argparse
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

from grader.capture import capture
from grader.errors import CourseError, shown_path
from grader.ledger.file import Claim, ClaimError, Value
from grader.ledger.ledger import Ledger
from grader.ledger.printed import pages_of
from grader.models import find_model

Progress = Callable[[int, int, str], None]


def run(
    arguments: argparse.Namespace, say: Callable[[str], None], progress: Progress
) -> tuple[dict, str, bool]:
    """Compute every claim; return what ``--json`` prints, lines for a person, and whether all hold.

    Args:
        arguments: lessons, quick.
        say: called with each problem of the ledger, once.
        progress: called with claims done, all claims, and the claim's page.

    Raises:
        GraderError: there is no ledger, or no model to compute it with.
    """
    path = Path(arguments.lessons) / "claims.toml"
    if not path.is_file():
        raise CourseError(f"{shown_path(path)}: no such file; name the folder with --lessons.")
    find_model("minilm")
    ledger = Ledger.read(path, capture, say)
    wrong = len(ledger.problems)
    if not ledger.claims:
        raise CourseError(f"{shown_path(path)}: holds no claim that can be read; repair it.")
    pages = pages_of(path.parent)
    rows = []
    for number, (name, claim) in enumerate(ledger.claims.items(), 1):
        rows.append(_row(ledger, claim, pages.get(name, [])))
        progress(number, len(ledger.claims), name)
    of_writer = any(claim.measure == "writer_value" for claim in ledger.claims.values())
    moved = _moved(path.parent / "data", say) if of_writer and not arguments.quick else []
    data = {
        "ledger": str(path),
        "claims": rows,
        "holding": sum(row["holds"] for row in rows),
        "failing": [row["id"] for row in rows if not row["holds"]],
        "unprinted": [row["id"] for row in rows if not row["pages"]],
        "without_reason": [row["id"] for row in rows if not row["pages"] and not row["kept_for"]],
        "corrections": ledger.evidence.corrections,
        "patterns": ledger.evidence.patterns,
        "problems": ledger.problems,
        "moved": moved,
    }
    return data, table(data), not data["failing"] and not moved and not wrong


def _moved(data: Path, say: Callable[[str], None]) -> list[str]:
    """Compute the figures of smollm2 again, and return which are no longer as they were kept."""
    from grader.decoder import findings

    found = findings.moved(findings.figures(lambda part: say(f"smollm2: {part}")), data)
    for line in found:
        say(line)
    return found


def _row(ledger: Ledger, claim: Claim, pages: list[str]) -> dict:
    value = None
    try:
        value = ledger.value(claim.id)
    except ClaimError as error:
        ledger.report(error)
    kept = [why for ids, why in ledger.unprinted.items() if fnmatchcase(claim.id, ids)]
    return {
        "id": claim.id,
        "pages": pages,
        "value": value,
        "expected": claim.expected,
        "tolerance": claim.tolerance,
        "source": _source(ledger, claim),
        "status": "published" if claim.cite else "checked",
        "holds": value is not None and claim.holds(value),
        "statement": claim.statement,
        "kept_for": kept[0] if kept and not pages else "",
    }


def _source(ledger: Ledger, claim: Claim) -> str:
    if claim.cite:
        return ledger.references[claim.cite].short["en"]
    return f"computed by {claim.measure}"


def table(data: dict) -> str:
    """Return the claims as lines for a person, those that fail said so, and how many there are."""
    lines = [("id", "pages", "value", "expected", "status", "source")]
    for row in data["claims"]:
        lines.append(
            (
                row["id"],
                _places(row["pages"]),
                _shown(row["value"]),
                _shown(row["expected"]) + ("" if row["holds"] else "  FAILS"),
                row["status"],
                row["source"],
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    widths.append(0)
    rows = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    counts = [row["status"] for row in data["claims"]]
    return "\n".join(
        [
            *rows,
            "",
            f"{len(counts)} claims: {counts.count('checked')} checked, "
            f"{counts.count('published')} published; {len(data['failing'])} failing; "
            f"{len(data['unprinted'])} on no page, "
            f"{len(data['without_reason'])} of them without a reason",
            f"{len(data['corrections'])} corrections with evidence, "
            f"{len(data['patterns'])} patterns with rivals",
        ]
    )


def _places(pages: list[str]) -> str:
    if not pages:
        return "(not printed)"
    return pages[0] + (f" and {len(pages) - 1} more" if pages[1:] else "")


def _shown(value: Value | None) -> str:
    if value is None:
        return "?"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
