"""What the corrections and the five patterns stand on: two tables of the ledger, by name.

A correction names its claims, its sources, and pages whose code shows it (tests run that code). A
pattern names what was found and the cheap rivals beside it.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass, field

KINDS = ("claim", "cite", "code")


@dataclass
class Evidence:
    """The ledger's tables ``[corrections]`` and ``[patterns.NAME]``."""

    corrections: dict[str, list[str]] = field(default_factory=dict)
    """Number -> ``claim:id``, ``cite:id`` or ``code:page``."""
    patterns: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """Name -> ids of claims: ``found``, and the ``rivals`` they are held against."""


def read_evidence(
    tables: dict, claims: Container[str], references: Container[str], refuse: Callable
) -> Evidence:
    """Return the two tables; each entry that is wrong is refused, the others are kept.

    Args:
        tables: the ledger's file, parsed.
        claims: ids of the claims that can be read.
        references: ids of the references that can be read.
        refuse: called with the table's name and what is wrong; repair.
    """
    evidence = Evidence()
    for number, names in tables.get("corrections", {}).items():
        wrong = _wrong(names, claims, references)
        if wrong:
            refuse("corrections", f"correction {number}: {wrong}")
        else:
            evidence.corrections[number] = names
    for name, pattern in tables.get("patterns", {}).items():
        wrong = _wrong_pattern(pattern, claims)
        if wrong:
            refuse(f"patterns.{name}", f"pattern {name!r}: {wrong}")
        else:
            evidence.patterns[name] = pattern
    return evidence


def _wrong(names, claims: Container[str], references: Container[str]) -> str:
    if not isinstance(names, list) or not names:
        return 'stands on nothing; write ["claim:id"], ["cite:id"] or ["code:page"]'
    for name in names:
        kind, _, id = str(name).partition(":")
        if kind not in KINDS or not id:
            return f'{name!r} is no evidence; write "claim:id", "cite:id" or "code:page"'
        if (kind == "claim" and id not in claims) or (kind == "cite" and id not in references):
            return f"the ledger has no {name!r}; add it, or name another"
    return ""


def _wrong_pattern(pattern, claims: Container[str]) -> str:
    if not isinstance(pattern, dict) or set(pattern) != {"found", "rivals"}:
        return "needs found = [...] and rivals = [...], ids of claims"
    if not all(isinstance(names, list) and names for names in pattern.values()):
        return "found and rivals each name at least one claim"
    for name in [*pattern["found"], *pattern["rivals"]]:
        if name not in claims:
            return f"no claim is called {name!r}; add it, or name another"
    return ""
