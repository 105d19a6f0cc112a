"""What an answer is about, for a picture and a link: one row of one head in one text."""

from dataclasses import dataclass
from urllib.parse import urlencode

from grader.attention import HeadId


@dataclass(frozen=True)
class Shown:
    """A row that an answer speaks of."""

    text: str
    head: HeadId
    query: str
    """The word that looks."""
    keys: tuple[str, ...] = ()
    """The words that it is asked about."""

    def link(self, site: str, language: str, position: int) -> str:
        """Return the address that opens the site's own-sentence page with text and head.

        Args:
            site: the site's address; without it there is no link.
            language: ``zh`` or ``en``.
            position: of the query among the tokens, from 0.
        """
        if not site:
            return ""
        root = site.rstrip("/") + ("/en/" if language == "en" else "/")
        said = {"text": self.text, "view": "head", "head": str(self.head), "query": position}
        return f"{root}your-own-sentence/#{urlencode(said)}"
