"""Messages are weighed as they arrive: real ZeroMQ sockets, no kernel."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
import zmq
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.session import Session

from grader.bounded_json import TooMuch
from grader.grading.run.bounded_channel import bound_channels
from grader.questions import MIME

LONGEST = 10_000


def received(*messages: list[bytes]) -> list:
    """What a client gets of messages that a kernel sends: a message or what it is too much of."""
    with ThreadPoolExecutor(1) as apart:  # a loop of other tests may run in this thread
        return apart.submit(_received, messages).result()


def _received(messages: tuple[list[bytes], ...]) -> list:
    context = zmq.Context()  # of its own: an address is freed some time after its socket closes
    session = Session(key=b"")
    client = AsyncKernelClient(session=session)
    bound_channels(client, LONGEST)
    with context.socket(zmq.PAIR) as kernel:
        kernel.bind("inproc://bounded")

        async def all_of_them() -> list:
            socket = zmq.asyncio.Context(context).socket(zmq.PAIR)
            socket.connect("inproc://bounded")
            channel = client.iopub_channel_class(socket, session, None)
            for message in messages:
                kernel.send_multipart(message)
            got = []
            for _ in messages:
                try:
                    got.append((await channel.get_msg(timeout=5))["content"])
                except TooMuch as error:
                    got.append(error.what)
            socket.close(0)
            return got

        return asyncio.run(all_of_them())


def message(text: str, *buffers: bytes) -> list[bytes]:
    session = Session(key=b"")
    parts = session.serialize(session.msg("display_data", {"text": text}))
    return [b"topic", *parts, *buffers]


def test_a_message_within_the_limit_arrives_whole():
    assert received(message("a"), message("b", b"x" * 9000)) == [{"text": "a"}, {"text": "b"}]


@pytest.mark.parametrize(
    "long", [message("x" * LONGEST), message("x", *[b"y" * (LONGEST // 10)] * 10)]
)
def test_all_parts_of_a_message_count_and_the_next_one_arrives(long):
    assert received(long, message("b")) == ["long", {"text": "b"}]


def test_an_answer_that_is_too_long_is_known_as_an_answer():
    assert received(message(MIME + "x" * LONGEST)) == ["answer"]


def test_what_is_too_long_is_not_copied(monkeypatch):
    def copied(frame):
        raise AssertionError("a byte of it was copied")

    monkeypatch.setattr(zmq.Frame, "bytes", property(copied))
    assert received(message("x" * LONGEST)) == ["long"]
