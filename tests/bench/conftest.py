"""Where there is no wall there is nothing to measure."""

from support.walls import wall

__all__ = ["wall"]
