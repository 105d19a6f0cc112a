"""Tables whose first corner is empty: a header cell that says nothing is no header."""

from markdown.treeprocessors import Treeprocessor


class EmptyHeaders(Treeprocessor):
    """Turn empty ``<th>`` into ``<td>``: a screen reader would announce a name that is not there.

    Runs after inline Markdown (20), when it is known what a cell says.
    """

    def run(self, root):
        """Change the tree in place."""
        for cell in root.iter("th"):
            if not "".join(cell.itertext()).strip() and not len(cell):
                cell.tag = "td"
