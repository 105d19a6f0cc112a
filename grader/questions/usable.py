"""Whether every question can be asked on every variant: words that a measure reads must be there.

What only the model can tell (a near tie, a text that is too long) `grader test-exercise` finds.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.questions.authoring import Problems
from grader.questions.measures import Measure
from grader.questions.messages import fill

WORDS = re.compile(r"\w+|[^\w\s]")
SPECIAL = ("[CLS]", "[SEP]")


def note_unusable(
    variants: Sequence[Mapping[str, str]],
    measures: Mapping[str, Measure],
    problems: Problems,
    table: Path | None,
) -> None:
    """Note each variant on which a measure cannot be taken.

    Args:
        variants: the exercise's.
        measures: by name.
        problems: of questions.toml.
        table: variants.tsv, where the variants stand there; one a line below its header.
    """
    in_table = Problems(str(table))
    for number, variant in enumerate(variants):
        for sentence in dict.fromkeys(_unusable(variant, measures)):
            if table is None:
                problems.add(("variant", number), sentence)
            else:
                in_table.note(number + 2, sentence)
    problems.found += in_table.found


def _unusable(variant: Mapping[str, str], measures: Mapping[str, Measure]) -> Iterator[str]:
    for name, measure in measures.items():
        text = getattr(measure, "text", None)
        if not isinstance(text, str):
            continue
        whole = " ".join(fill(one, variant) for one in (text, getattr(measure, "pair", "")) if one)
        there = Counter(word.lower() for word in WORDS.findall(whole))
        for place in ("query", "key"):
            word = getattr(measure, place, None)
            if not isinstance(word, str):
                continue
            word = fill(word, variant)
            if word in SPECIAL or "{" in word:
                continue
            count = there[word.lower()]
            if count != 1:
                often = "not" if not count else f"{count} times"
                yield (
                    f'[measure.{name}] reads the word "{word}", which stands {often} in '
                    f'"{whole}"; give the variant a sentence with this word once.'
                )
