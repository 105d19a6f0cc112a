"""Real kernels: few, as each takes a second or two to start."""

from grader.grading.kernels import CONFINED
from grader.grading.limits import Limits
from grader.grading.run import execute as execute_module
from grader.grading.run.client import LeaveEngine
from grader.grading.run.execute import execute
from grader.grading.run.job import Executed
from grader.questions import Outcome
from support.courses import RIGHT

FULL = {"pick_check": 1.0, "soft_check": 2.0}


def kinds(executed):
    return [note.kind for note in executed.notes]


def test_right_answers_keep_their_points_through_warnings_and_floods_of_output(bench):
    noisy = RIGHT | {
        "soft": "import warnings, sys\n"
        + RIGHT["soft"].replace(
            "    e =", "    warnings.warn('w'); print('n', file=sys.stderr)\n    e ="
        )
        + "\nfor _ in range(60): print('x' * 100_000)",
    }
    executed = bench.execute(noisy, cell_output=1 << 20)
    verdicts = bench.judge(executed)
    assert {g: v.points for g, v in verdicts.items()} == FULL
    assert kinds(executed) == ["cut"]
    assert executed.kernels == 1
    assert len(str(executed.notebook)) < 2 << 20


def test_a_kernel_that_ends_costs_only_the_question_it_was_in(bench):
    executed = bench.execute(RIGHT | {"pick": "import os\nos._exit(0)"})
    (lost,) = [cell for cell in executed.notebook["cells"] if "_exit" in "".join(cell["source"])]
    assert lost["execution_count"] is None  # the kernel may or may not have told it
    verdicts = bench.judge(executed)
    assert verdicts["pick_check"].outcome == Outcome.EXIT
    assert verdicts["soft_check"].points == 2.0
    assert executed.kernels == 2
    assert kinds(executed) == ["exit", "replayed"]


def test_a_function_that_kills_the_kernel_loses_its_own_question_alone(bench):
    executed = bench.execute(
        RIGHT
        | {"soft": "import os, signal\ndef soft(s):\n    os.kill(os.getpid(), signal.SIGKILL)"}
    )
    verdicts = bench.judge(executed)
    assert verdicts["pick_check"].points == 1.0
    assert verdicts["soft_check"].outcome == Outcome.CRASH
    assert verdicts["soft_check"].points == 0


def test_a_loop_is_interrupted_and_one_that_cannot_be_is_left_behind(bench):
    executed = bench.execute(
        RIGHT | {"pick": "while True: pass"},
        before={
            "soft": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
        },
        cell_seconds=2,
        silence_seconds=1,
    )
    verdicts = bench.judge(executed)
    assert verdicts["pick_check"].outcome == Outcome.TIMEOUT
    assert verdicts["soft_check"].points == 2.0
    assert kinds(executed) == ["time-out", "time-out", "replayed"]


def test_kernels_that_are_lost_without_end_stop_the_run(bench):
    dies = "import os\nos._exit(1)"
    before = {"pick": dies, "pick_check": dies}
    executed = bench.execute(RIGHT | {"soft": dies}, before=before, lost_kernels=1)
    verdicts = bench.judge(executed)
    assert [v.outcome for v in verdicts.values()] == [Outcome.EXIT, Outcome.STOPPED]
    assert executed.kernels == 2


def test_no_trace_of_probes_is_left_in_earlier_or_later_cells(bench):
    look = "import grader.check, os; print(grader.check._PROBES, len(os.environ), In)"
    executed = bench.execute(RIGHT, before={"soft_check": look, "essay": look})
    shown = [
        output["text"]
        for cell in executed.notebook["cells"]
        if cell["cell_type"] == "code" and "_PROBES" in cell["source"]
        for output in cell["outputs"]
    ]
    assert len(shown) == 2
    assert all(text.startswith("{}") and "set_probes" not in text for text in shown)


def test_what_the_engine_spent_is_taken_off_the_kernels_time(monkeypatch, tmp_path):
    given = []

    class Execution:
        def __init__(self, notebook, folder, questions, provisioner, limits, client=None):
            self.client = client
            given.append(limits.notebook_seconds)

        def run(self):
            if self.client:
                raise LeaveEngine("a widget")
            return Executed(notebook={}, recorded={}, endings={})

    moments = iter([0.0, 20.0])
    monkeypatch.setattr(execute_module, "_Execution", Execution)
    monkeypatch.setattr(execute_module, "_engine", lambda provisioner: "engine")
    monkeypatch.setattr(execute_module.time, "monotonic", lambda: next(moments))
    limits = Limits(notebook_seconds=300)
    made = execute({}, folder=tmp_path, questions={}, provisioner=CONFINED, limits=limits)
    assert (given, made.left) == ([300, 280], "a widget")
