"""A notebook in, what its check cells recorded out: every cell in order, in a kernel of its own.

Nothing that comes out is a score. The answer to a question is what stood in its check cell's
outputs when that cell ended: a snapshot, so that later cells cannot rewrite it. A kernel that dies
or hangs is replaced, the cells before it run again without the one that killed it, and the other
questions are answered.
"""

import copy
import json
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_output

from grader.grading.kernels import STOCK
from grader.grading.limits import DEFAULT, Limits
from grader.grading.run.client import KernelClient, LeaveEngine
from grader.grading.run.job import Executed, Job, Note
from grader.grading.sanitize.outputs import keep_outputs
from grader.questions import MIME, Outcome


def run_job(job: Job) -> Executed:
    """Execute a job in a private folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="sa-work-"))
    try:
        for name, data in job.files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return execute(
            job.notebook,
            folder=folder,
            questions=job.questions,
            provisioner=job.provisioner,
            limits=job.limits,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def execute(
    notebook,
    *,
    folder: Path,
    questions: dict[str, tuple[str, list | None]],
    provisioner: str = STOCK,
    limits: Limits = DEFAULT,
) -> Executed:
    """Execute all code cells of `notebook` with `folder` as the working folder.

    Args:
        notebook: an nbformat 4 notebook whose metadata are ours (see `restore`).
        folder: a private folder; the kernel may write there.
        questions: grade_id of a check cell -> (question id, probes or None).
        provisioner: jupyter_client's name of what starts the kernel.
        limits: what the notebook may use.

    Raises:
        Exception: no kernel could be started. That is never the student's doing.
    """
    ours = (notebook, folder, questions, provisioner)
    left, started = None, time.monotonic()
    if provisioner != STOCK and (engine := _engine(provisioner)):
        try:
            executed = _Execution(*ours, limits, engine).run()
            executed.left = ""
            return executed
        except LeaveEngine as why:
            left = str(why)
            rest = limits.notebook_seconds - (time.monotonic() - started)
            limits = replace(limits, notebook_seconds=max(rest, 1))
    executed = _Execution(*ours, limits).run()
    executed.left = left
    return executed


def _engine(provisioner: str) -> type[KernelClient] | None:
    """Return the engine's client if notebooks may run in one; it exists on Linux alone."""
    from grader.grading.run.engine_client import EngineClient, wanted

    return EngineClient if wanted(provisioner) else None


class _Execution:
    """One notebook's way through one kernel, or through several when they die."""

    def __init__(self, notebook, folder, questions, provisioner, limits, client=KernelClient):
        from nbformat import from_dict

        self.notebook = from_dict(copy.deepcopy(notebook))
        self.questions, self.limits = questions, limits
        self.client = client(self.notebook, folder=folder, provisioner=provisioner, limits=limits)
        self.recorded: dict[str, str] = {}
        self.events: dict[int, Outcome] = {}  # cell -> what went wrong there
        self.notes: list[Note] = []
        self.skip: set[int] = set()  # cells that a replay leaves out
        self.done = 0  # cells before this one have run
        self.kernels = 0
        self.cpu_seconds, self.peak_bytes = 0.0, 0

    def run(self) -> Executed:
        started = time.monotonic()
        while self.done < len(self.notebook.cells) and self._may_go_on():
            self._one_kernel()
        for at in range(self.done, len(self.notebook.cells)):
            if self.notebook.cells[at].cell_type == "code":
                self.events[at] = Outcome.STOPPED
                self.notebook.cells[at].outputs = [_error("Stopped", "not run: the run was ended")]
        if self.done < len(self.notebook.cells):
            self.notes.append(Note(Outcome.STOPPED.value, self.done))
        keep_outputs(self.notebook, self.limits, drop=set(self.questions))
        return Executed(
            notebook=json.loads(json.dumps(self.notebook)),
            recorded=self.recorded,
            endings=self._endings(),
            notes=self.notes,
            seconds=round(time.monotonic() - started, 3),
            kernels=self.kernels,
            cpu_seconds=round(self.cpu_seconds, 3),
            peak_bytes=self.peak_bytes,
        )

    def _may_go_on(self) -> bool:
        return (
            self.kernels < self.limits.lost_kernels + 1 and time.monotonic() < self.client.deadline
        )

    def _one_kernel(self) -> None:
        """Run, or run again, every cell until the end or until the kernel is lost."""
        at: int | None = None
        self.kernels += 1
        if self.kernels > 1:
            self.notes.append(Note("replayed", self.done))
        provisioner = None
        try:
            with self.client.new_kernel() as engine:
                provisioner = engine or getattr(self.client.km, "provisioner", None)
                try:
                    for at in range(len(self.notebook.cells)):
                        if time.monotonic() >= self.client.deadline:
                            self.client.give_up(TimeoutError("too long"))
                            return
                        if at < self.done:
                            self._replay(at)
                        else:
                            self._first_time(at)
                            self.done = at + 1
                except Exception as error:
                    self.client.give_up(error)
                    if at is None:
                        raise
                    # Dead, jammed, or talking nonsense: this cell is lost, not the notebook.
                    self._lost(at, error)
        except LeaveEngine:
            raise
        except Exception:
            if at is None:
                raise
        finally:
            self.client.forget_kernel()
            report = getattr(provisioner, "report", None)  # a confined kernel's alone
            if report is not None:
                self.cpu_seconds += report.cpu_seconds
                self.peak_bytes = max(self.peak_bytes, report.max_rss_bytes)

    def _replay(self, at: int) -> None:
        cell = self.notebook.cells[at]
        if cell.cell_type != "code" or at in self.skip or _grade_id(cell) in self.questions:
            return
        self.client.begin_cell()
        self.client.execute_cell(copy.deepcopy(cell), at)
        self.notebook.cells[at] = cell  # nbclient put the copy there; the first outputs stand
        if self.client.timed_out:
            self.skip.add(at)

    def _first_time(self, at: int) -> None:
        cell = self.notebook.cells[at]
        grade_id = _grade_id(cell)
        if cell.cell_type != "code":
            return
        self.client.begin_cell()
        cell.outputs = []
        if grade_id in self.questions:
            # Right before the cell, and silently: no trace in notebook, feedback, environment.
            self.client.request(_ready(*self.questions[grade_id]), self.limits.cell_seconds)
        self.client.execute_cell(cell, at)
        cell = self.notebook.cells[at]
        if grade_id in self.questions:
            self.recorded[grade_id] = _snapshot(cell.outputs)
        if self.client.timed_out:
            self.events[at] = Outcome.TIMEOUT
            self.skip.add(at)
            self.notes.append(Note(Outcome.TIMEOUT.value, at))
        elif self.client.flooded:
            self.events[at] = Outcome.FLOOD
            self.notes.append(Note(Outcome.FLOOD.value, at))
        if self.client.cut:
            self.notes.append(Note("cut", at))

    def _lost(self, at: int, error: Exception) -> None:
        if self.client.timed_out:
            outcome = Outcome.TIMEOUT
        elif self.client.overwhelmed:
            outcome = Outcome.FLOOD
        elif isinstance(error, DeadKernelError):
            outcome = self.client.why_dead()
        else:
            outcome = Outcome.CRASH
        self.skip.add(at)
        self.events[at] = outcome
        self.notes.append(Note(outcome.value, at))
        if at >= self.done:
            self.done = at + 1
            cell = self.notebook.cells[at]
            # Whether the kernel told the cell's number before it ended is a race.
            cell["execution_count"] = None
            cell.setdefault("outputs", []).append(
                _error("KernelLost", f"the kernel did not survive this cell ({outcome.value})")
            )

    def _endings(self) -> dict[str, Outcome]:
        """Say how questions without an answer ended.

        That is what last went wrong between the check cell before and the question's own; that
        the rest was not run comes second to why.
        """
        endings, since = {}, 0
        for at, cell in enumerate(self.notebook.cells):
            grade_id = _grade_id(cell)
            if grade_id not in self.questions:
                continue
            events = [self.events[i] for i in range(since, at + 1) if i in self.events]
            if events and MIME not in self.recorded.get(grade_id, ""):
                causes = [event for event in events if event != Outcome.STOPPED]
                endings[grade_id] = (causes or events)[-1]
            since = at + 1
        return endings


def _grade_id(cell) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _snapshot(outputs) -> str:
    """Return as JSON what the judge looks at: answers and errors; a print does not crowd them."""
    seen: list[dict[str, Any]] = []
    for output in outputs:
        data = output.get("data")
        if output.output_type == "error":
            seen.append({"output_type": "error", "ename": str(output.ename)[:100]})
        elif isinstance(data, dict) and MIME in data:
            seen.append({"output_type": output.output_type, "data": {MIME: data[MIME]}})
    try:
        return json.dumps(seen)
    except RecursionError:
        return json.dumps([{"output_type": "error", "ename": "RecursionError"}])


def _ready(question: str, probes: list | None) -> str:
    """Return code that makes a check cell work, also where `check` was reset or is a number."""
    ours = "__import__('grader.check', fromlist=['check'])"
    code = ""
    if probes is not None:
        given = f"__import__('json').loads({json.dumps(probes)!r})"
        code = f"{ours}.set_probes({question!r}, {given})\n"
    return code + f"if not callable(globals().get('check')): check = {ours}.check\n"


def _error(ename: str, evalue: str):
    return new_output("error", ename=ename, evalue=evalue, traceback=[f"{ename}: {evalue}"])
