"""One kernel, spoken to directly: start it, run cells, see what they showed and how it ended."""

import re
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty

from jupyter_client.manager import KernelManager

from grader.grading.kernels import CONFINED
from grader.grading.kernels.report import Report

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Shown:
    """What a cell showed."""

    stdout: str = ""
    stderr: str = ""
    error: str = ""
    """Name and message of the error that ended the cell."""
    results: list[dict] = field(default_factory=list)
    """The data of each displayed or returned value, by MIME type."""
    died: bool = False
    timed_out: bool = False

    @property
    def text(self) -> str:
        """The last value, as plain text."""
        return self.results[-1]["text/plain"] if self.results else ""


class Notebook:
    """A running kernel; a context manager that ends it."""

    def __init__(self, folder: Path | None = None, provisioner: str = CONFINED, **limits):
        self.manager = KernelManager(kernel_name="python3", transport="ipc")
        self.manager.kernel_spec.metadata = {
            "kernel_provisioner": {"provisioner_name": provisioner, "config": limits}
        }
        # A stock kernel's sockets; a confined one's provisioner chooses its own.
        self.box = tempfile.TemporaryDirectory(prefix="sa-")
        self.manager.connection_file = f"{self.box.name}/kernel.json"
        self.manager.ip = f"{self.box.name}/k"
        self.manager.start_kernel(cwd=str(folder) if folder else None)
        self.client = self.manager.client()
        self.client.start_channels()
        try:
            self.client.wait_for_ready(timeout=60)
        except RuntimeError:
            self.close()
            raise

    @property
    def provisioner(self):
        return self.manager.provisioner

    @property
    def report(self) -> Report | None:
        return self.provisioner.report

    def run(self, code: str, timeout: float = 30) -> Shown:
        """Run a cell until it is done, the kernel has died, or the time is over."""
        request = self.client.execute(code, allow_stdin=False)
        shown = Shown()
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            try:
                message = self.client.get_iopub_msg(timeout=0.2)
            except Empty:
                if not self.manager.is_alive():
                    shown.died = True
                    return shown
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            match message["msg_type"]:
                case "stream":
                    stream = content["name"]
                    setattr(shown, stream, getattr(shown, stream) + content["text"])
                case "error":
                    shown.error = f"{content['ename']}: {COLOURS.sub('', content['evalue'])}"
                case "display_data" | "execute_result":
                    shown.results.append(content["data"])
                case "status" if content["execution_state"] == "idle":
                    return shown
        shown.timed_out = True
        return shown

    def wait_for_end(self, timeout: float = 30) -> Report:
        """Wait until the kernel has ended by itself."""
        until = time.monotonic() + timeout
        while self.manager.is_alive():
            assert time.monotonic() < until, "the kernel did not end"
            time.sleep(0.02)
        return self.report

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.context.destroy(linger=0)
        self.box.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
