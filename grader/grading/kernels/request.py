"""What a worker asks of the zygote for one kernel or one engine, as one JSON message."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from grader.grading.kernels.rlimits import Limits

LONGEST_MESSAGE = 128 * 1024
"""A request is a few kB; what a worker sends beyond this is a mistake."""

SOCKET_PREFIX = "k"
"""Of the names of a kernel's sockets."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One kernel, please; or one engine, which has no sockets but the one that comes along."""

    connection: dict[str, Any] | None
    """The contents of the connection file, as the outside sees it; None asks for an engine."""
    base: str
    """An empty folder on which the new root is built."""
    folder: str | None
    """The folder of the student's notebook; its plain files are copied in."""
    keep_files: bool = False
    """Whether new files are handed back; a file to write them to comes with the message."""
    arguments: tuple[str, ...] = ()
    """Further arguments of ipykernel."""
    env: dict[str, str] = field(default_factory=dict)
    """What is added to the kernel's environment."""
    limits: Limits = field(default_factory=Limits)

    def to_bytes(self) -> bytes:
        """Return the message."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the request of a message."""
        fields = json.loads(data)
        fields["limits"] = Limits.from_json(fields["limits"])
        fields["arguments"] = tuple(fields["arguments"])
        return cls(**fields)
