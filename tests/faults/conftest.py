"""The session's one warm process."""

from support.walls import wall, zygote

__all__ = ["wall", "zygote"]
