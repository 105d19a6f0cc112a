"""Cut edges of attention: what would the network say had this token not looked at that one?"""

from grader.network import CutEdges as Cut

__all__ = ["Cut"]
