"""A kernel's messages, weighed while they still lie where ZeroMQ put them."""

import re
from typing import Any

import zmq
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel

from grader.bounded_json import TooMuch
from grader.questions import MIME

_ANSWER = re.compile(re.escape(MIME).encode())


def bound_channels(client: AsyncKernelClient, longest: int) -> None:
    """Make a client's channels refuse messages of more than `longest` bytes, all parts together."""

    class Bounded(_BoundedChannel):
        longest_message = longest

    for name in ("shell", "iopub", "stdin", "control"):
        setattr(client, f"{name}_channel_class", Bounded)


class _BoundedChannel(AsyncZMQSocketChannel):
    """Copies no byte of a message before it knows how long the message is.

    Copied first, ten messages of 40 MB that arrive at once are held twice.
    """

    longest_message: int

    async def _recv(self, **_: Any) -> dict[str, Any]:  # type: ignore[override]  # as its parent's
        frames: list[zmq.Frame] = await self.socket.recv_multipart(copy=False)
        if sum(map(len, frames)) > self.longest_message:
            raise TooMuch("answer" if any(map(_holds_answer, frames)) else "long")
        parts: Any = self.session.feed_identities(frames, copy=False)[1]
        return self.session.deserialize(parts, copy=False)


def _holds_answer(frame: zmq.Frame) -> bool:
    return _ANSWER.search(frame.buffer) is not None
