"""The course's Chinese terms, taught to jieba so that the search index holds them whole."""

import tomllib
from collections.abc import Iterator
from pathlib import Path


def teach_search(glossary: Path) -> None:
    """Add every Chinese term of the glossary to jieba's dictionary."""
    import jieba  # loads nothing yet; its dictionary is read by the first page

    jieba.setLogLevel("WARNING")
    for term in sorted(read_terms(glossary)):
        jieba.add_word(term)


def read_terms(glossary: Path) -> set[str]:
    """Return the Chinese terms: every ``zh`` text of the file, wherever it stands.

    A file that is not there has no terms.
    """
    if not glossary.is_file():
        return set()
    return set(_zh(tomllib.loads(glossary.read_text(encoding="utf-8"))))


def _zh(node) -> Iterator[str]:
    if isinstance(node, list):
        for part in node:
            yield from _zh(part)
    elif isinstance(node, dict):
        for name, part in node.items():
            if name == "zh" and isinstance(part, str):
                yield part
            else:
                yield from _zh(part)
