"""One attack: its class, what it tries, the code, and how its success is seen from outside."""

from collections.abc import Callable
from dataclasses import dataclass, field
from textwrap import dedent

TOOK = "TOOK IT"
"""What an attack prints when the machine gave it something that leaves no other trace."""


@dataclass(frozen=True)
class Attack:
    """Code for one cell; names in double angle brackets are the world's (``World.names``)."""

    kind: str
    """read, write, network, survive, exhaust or escape."""
    tries: str
    code: str
    seen: Callable
    """(world, what the cell showed) -> whether it succeeded; called when the kernel has ended."""
    limits: dict[str, int] = field(default_factory=dict)
    """Of the confined kernel; an attack on limits gets a kernel of its own."""
    needs_root: bool = False
    """Without root it fails unconfined, too, so there is nothing to show."""
    counted: bool = False
    """What it takes is seen by a cgroup alone; the guide says so."""
    alone: bool = False
    """It may end its kernel, or must be looked at when the kernel has ended."""
    seconds: float = 20

    @property
    def name(self) -> str:
        return f"{self.kind}: {self.tries}"

    def source(self, names: dict[str, object]) -> str:
        code = dedent(self.code)
        for name, value in names.items():
            code = code.replace(f"<<{name}>>", str(value))
        return code


def shows_marker(world, shown) -> bool:
    said = shown.stdout + shown.stderr + shown.error + str(shown.results)
    return world.marker in said


def changes(world, shown) -> bool:
    return bool(world.changed())


def reaches(world, shown) -> bool:
    from attacks.world import soon

    return soon(world.reached, 0.5)


def took(world, shown) -> bool:
    return TOOK in shown.stdout


def stays(world, shown) -> bool:
    return bool(world.survivors())
