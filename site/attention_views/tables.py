"""Tables: a header cell that says nothing is no header; a pair of numbers stays on one line."""

from markdown.treeprocessors import Treeprocessor

LONGEST_PAIR = 15
"""Characters, as in ``0.71 / 0.10``."""


class EmptyHeaders(Treeprocessor):
    """Turn empty ``<th>`` into ``<td>``: a screen reader would announce a name that is not there.

    Runs after inline Markdown (20), when it is known what a cell says.
    """

    def run(self, root):
        """Change the tree in place."""
        for cell in root.iter("th"):
            if not "".join(cell.itertext()).strip() and not len(cell):
                cell.tag = "td"


class WholePairs(Treeprocessor):
    """Give a cell of two ledger numbers and little else, an interval, the class ``whole``.

    Runs after inline Markdown (20), which writes the numbers.
    """

    def run(self, root):
        """Change the tree in place."""
        for cell in root.iter("td"):
            claims = [child for child in cell if child.get("class") == "claim"]
            if len(claims) == 2 and len("".join(cell.itertext())) <= LONGEST_PAIR:
                cell.set("class", "whole")
