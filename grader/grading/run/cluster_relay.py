"""The process that speaks Dask for the coordinator: plain bytes on one side, a cluster behind.

Dask's client unpickles what peers send: results, exceptions, the types of results, warnings. A
pickle runs code, so no client of Dask lives in the coordinator. It lives here, in a process of its
own that has no course, and here nothing from the wire is unpickled either: every message is read by
`read_message`, to which an object that somebody serialized is bytes, whatever its header says.
"""

import asyncio
import itertools
import json
import logging
import os
import pickle
import re
import signal
import struct
import sys
import threading
from collections.abc import Coroutine
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, NoReturn

MAX_RESULT = 96 << 20
"""Bytes of what came of one submission, compressed."""
MAX_MESSAGE = 128 << 20
"""Bytes of one message of Dask's."""
MAX_STRUCTURE = 16 << 20
"""Bytes of it that say how it is built, without the objects in it."""
TRIES = 3
"""How often a submission runs whose result was lost with a worker."""
COUNT_SECONDS = 1.0
GATHER_SECONDS = 60.0
"""How long a worker may take to hand over a result that it has."""
GATHERED_AT_ONCE = 4
HEAD = struct.Struct("!cQd")
"""What precedes each message between coordinator and relay: its kind, the number of a job, and
how many seconds it may take."""
JOB, ABOUT, STOP = b"J", b"A", b"Z"
STARTED, FAILED, COUNT, RESULT, ERROR, KILLED, GONE = b"S", b"F", b"N", b"R", b"E", b"K", b"G"


def main(descriptor: int) -> None:
    """Be the relay of the coordinator at the other end of `descriptor`, until it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator says when to end
    logging.disable(
        0 if os.environ.get("RELAY_DEBUG") else logging.CRITICAL
    )  # peers' words would reach the terminal
    coordinator = Connection(descriptor)
    try:
        settings = json.loads(coordinator.recv_bytes())
        run = coordinator.recv_bytes()
        asyncio.run(_Relay(coordinator, run).serve(settings["address"], settings["seconds"]))
    except EOFError:
        pass
    except BaseException as error:
        with suppress(OSError):
            coordinator.send_bytes(HEAD.pack(FAILED, 0, 0) + f"{error}"[:1000].encode())
    os._exit(0)  # Dask's threads may hang


def read_message(frames: list, deserialize: bool = True, deserializers: Any = None) -> Any:
    """Read a message of Dask's as plain data: numbers, texts, bytes, tuples and dicts.

    Args:
        frames: the message's structure, then the objects in it: for each its header and its bytes.
        deserialize: of Dask's own reader; what it says does not matter here.
        deserializers: likewise.
    """
    import msgpack

    def plain(data: dict) -> Any:
        for mark in ("__Serialized__", "__Pickled__"):
            if mark in data:
                return _bytes_of(frames, data[mark])
        if "__Set__" in data:
            return set(data["as-list"])
        return data["name"] if "__Enum__" in data else data

    if memoryview(frames[0]).nbytes > MAX_STRUCTURE:
        return ()
    return msgpack.loads(
        frames[0], object_hook=plain, use_list=False, strict_map_key=False, raw=False
    )


def forbid_pickles() -> None:
    """Let this process never unpickle anything, and read messages by `read_message` alone."""
    import distributed.client
    import distributed.comm.tcp
    import distributed.protocol

    distributed.protocol.loads = read_message
    distributed.protocol.pickle.loads = distributed.client.loads = _refuse
    distributed.comm.tcp.host_array = _bounded(distributed.comm.tcp.host_array)
    distributed.client.Client._default_event_handlers = {}  # print and warn, for workers
    # Whatever of Dask's we do not know of: Python itself asks before a pickle may name anything.
    sys.addaudithook(_no_names)


class _Relay:
    """Jobs on their way to the cluster, and what came of them on its way back."""

    def __init__(self, coordinator: Connection, run: bytes):
        self.coordinator, self.run = coordinator, run
        self.client: Any = None
        self.tasks: set[asyncio.Task] = set()

    async def serve(self, address: str, seconds: float) -> None:
        """Connect, and do what the coordinator asks until it closes."""
        from distributed import Client

        forbid_pickles()
        self.gathering = asyncio.Semaphore(GATHERED_AT_ONCE)
        self.client = await Client(
            address,
            timeout=seconds,
            security=_security(address),
            set_as_default=False,
            asynchronous=True,
        )
        listening = self.client._handle_report_task
        self.tell(STARTED)
        gone = asyncio.Event()
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, args=(loop, gone), daemon=True).start()
        while not gone.is_set() and not listening.done():
            with suppress(OSError, TimeoutError):
                threads = await self.client.nthreads()
                self.tell(COUNT, sum(n for n in threads.values() if isinstance(n, int)))
            with suppress(TimeoutError):
                await asyncio.wait_for(gone.wait(), COUNT_SECONDS)
        if not gone.is_set():
            self.tell(GONE)

    def tell(self, kind: bytes, number: int = 0, data: bytes = b"") -> None:
        """Send a message to the coordinator."""
        self.coordinator.send_bytes(HEAD.pack(kind, number, 0) + data)

    def _listen(self, loop: asyncio.AbstractEventLoop, gone: asyncio.Event) -> None:
        with suppress(EOFError, OSError):
            while True:
                message = self.coordinator.recv_bytes()
                kind, number, seconds = HEAD.unpack_from(message)
                if kind == STOP:
                    break
                if kind == JOB:
                    work = self._job(number, seconds, message[HEAD.size :])
                else:
                    work = self._about(seconds)
                loop.call_soon_threadsafe(self._begin, work)
        loop.call_soon_threadsafe(gone.set)

    def _begin(self, work: Coroutine) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _job(self, number: int, seconds: float, packed: bytes) -> None:
        from grader.grading.run.cluster_worker import answer

        for _ in range(TRIES):
            kind, data = await self._run(seconds, answer, self.run, packed)
            if kind != GONE or self.client.status != "running":
                break
        else:
            kind, data = ERROR, b"what came of it was lost with its worker"
        self.tell(kind, number, data)

    async def _about(self, seconds: float) -> None:
        """Ask each worker about itself; tells each worker's answer, then an empty one."""
        from grader.grading.run.cluster_worker import about_worker

        for worker in sorted(await self.client.nthreads()):
            kind, data = await self._run(seconds, about_worker, workers=[worker])
            name = str(worker)[:200].encode()
            self.tell(ABOUT, 0, kind + struct.pack("!H", len(name)) + name + data)
        self.tell(ABOUT)

    async def _run(
        self, seconds: float, function: Any, *arguments: bytes, **where: Any
    ) -> tuple[bytes, bytes]:
        """Run a function on a worker; returns what came of it, as kind and bytes."""
        key = f"{function.__name__}-{next(_numbers)}-{os.getpid()}"
        future = self.client.submit(function, *arguments, key=key, pure=False, **where)
        try:
            error = await asyncio.wait_for(future.exception(), seconds)
            if future.status == "cancelled":
                return GONE, b""
            if error is not None:
                return _what_error(error)
            async with self.gathering, asyncio.timeout(GATHER_SECONDS):
                told = await self.client.scheduler.gather(keys=[key])
            data = told["data"][key]
        except TimeoutError:  # a worker that sits on it
            await self.client.cancel([future], force=True)
            return KILLED, b""
        except Exception:  # lost with its worker after it was done, or unreadable
            return GONE, b""
        finally:
            future.release()
        if type(data) is not bytes or len(data) > MAX_RESULT:
            return ERROR, f"a worker gave no bytes, or more than {MAX_RESULT}".encode()
        return RESULT, data


_numbers = itertools.count()


def _security(address: str) -> Any:
    """Return the certificates that Dask's configuration names.

    Raises:
        ValueError: it names none.
    """
    from distributed.security import Security

    if not address.startswith("tls://"):
        return None
    security: Any = Security(require_encryption=True)
    if not (security.tls_ca_file and security.tls_client_cert):
        raise ValueError(
            "tls:// needs certificates: name them in Dask's configuration "
            "(distributed.comm.tls.ca-file and client.cert, client.key)"
        )
    return security


def _what_error(error: BaseException) -> tuple[bytes, bytes]:
    """Return what ended a task, of which we have no more than the words in a pickle."""
    raw = error.args[0] if error.args else b""
    raw = raw if isinstance(raw, bytes) else str(raw).encode()
    if b"KilledWorker" in raw:
        return KILLED, b""
    words = [word.decode() for word in re.findall(rb"[\x20-\x7e]{5,}", raw[:100_000])]
    return ERROR, " ".join(words)[:500].encode()


def _bytes_of(frames: list, at: Any) -> bytes:
    """Return the bytes of an object in a message; none of one that is compressed."""
    import msgpack

    header = msgpack.loads(frames[at], strict_map_key=False)
    if any(header.get("compression") or ()):
        return b""
    return b"".join(frames[at + 1 : at + 1 + header["num-sub-frames"]])


def _bounded(allocate: Any) -> Any:
    def bounded(size: int) -> Any:
        if size > MAX_MESSAGE:
            raise OSError(f"a message of {size} bytes")
        return allocate(size)

    return bounded


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise TypeError("nothing is unpickled here")


def _no_names(event: str, _: tuple) -> None:
    if event == "pickle.find_class":
        raise pickle.UnpicklingError("nothing is unpickled here")


if __name__ == "__main__":
    main(int(sys.argv[1]))
