"""Short names in running text: an option such as ``--out`` does not break after its hyphens."""

import re

from markdown.postprocessors import Postprocessor

NAME = re.compile(r"(?<!<pre>)(?<!</span>)<code>(?=[^<]*-)([^<]{1,24})</code>")
"""Inline code with a hyphen, of no more characters than a line on a phone surely has room for."""

AFTER = re.compile(r'[、，；：](?=<code class="whole">-)')
"""After these a line may end; before a hyphen it would not."""


class WholeNames(Postprocessor):
    """Give such code the class ``whole``, which CSS keeps on one line.

    Runs after stored HTML is put back (30): ``pymdownx.inlinehilite`` stores code as HTML.
    """

    def run(self, text: str) -> str:
        """Return the page with those classes."""
        text = NAME.sub(r'<code class="whole">\1</code>', text)
        return AFTER.sub(r"\g<0><wbr>", text)
