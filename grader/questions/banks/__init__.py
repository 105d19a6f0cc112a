"""Banks: the sentences from which each student gets one, built from templates and gated.

``grader bank SLUG`` writes ``exercises/SLUG/variants.tsv``. The templates of a bank give many
candidates in a fixed order; the model tells for each whether every question can be asked on it
(margins, no near tie) and which heads are right answers. A candidate is left out when one of its
heads is the right answer on too many sentences already: who copies a head from a neighbour then is
mostly wrong.

One module for each exercise: templates and gate. ``choosing`` is what they share.
"""

from grader.questions.banks.choosing import Bank, Unfit, choose, right_heads
from grader.questions.banks.five_patterns import FIVE_PATTERNS
from grader.questions.banks.pronouns import PRONOUNS
from grader.questions.banks.telescope import TELESCOPE

BANKS: dict[str, Bank] = {bank.slug: bank for bank in (FIVE_PATTERNS, PRONOUNS, TELESCOPE)}
"""The banks, by the exercise that they are for."""

__all__ = ["BANKS", "Bank", "Unfit", "choose", "right_heads"]
