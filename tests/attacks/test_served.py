"""What formgrader serves of a student's, asked of a real Jupyter server; stock is the control."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.course.gradebook import open_gradebook
from grader.grading.batch import Settings, autograde
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("served")]
PORT = 18_991
SCRIPT = "<script>1</script>"
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "mini"
c.CourseDirectory.root = {root!r}
c.CourseDirectory.db_url = {url!r}
"""


@contextmanager
def server(course, home: Path):
    """Run a Jupyter server with formgrader in a course; gives a function that asks it."""
    extension = '{"nbgrader.server_extensions.formgrader": True}'
    command = [sys.executable, "-m", "jupyter", "server", "--allow-root", "--no-browser"]
    command += [f"--port={PORT}", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
    command += ["--ServerApp.password=", f"--ServerApp.jpserver_extensions={extension}"]
    env = os.environ | {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "jupyter")}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    log = (home / "log").open("w")
    running = subprocess.Popen(command, cwd=course.path, env=env, stdout=log, stderr=log)

    def ask(path: str):
        try:
            return urllib.request.urlopen(f"http://localhost:{PORT}{path}")
        except urllib.error.HTTPError as error:
            return error

    try:
        for _ in range(240):
            time.sleep(0.5)
            try:
                ask("/api")
                break
            except urllib.error.URLError:
                continue
        yield ask
    finally:
        running.kill()
        running.wait()
        log.close()


def harm(tmp_path, *, stock: bool) -> dict[str, bool]:
    """Hand in a page and a configuration, grade, and say what formgrader does with them."""
    course = make_course(tmp_path)
    folder = hand_in(course, "eve", filled(released(course), RIGHT, "eve")).parent
    ran = tmp_path / "ran"
    (folder / "evil.html").write_text(SCRIPT)
    (folder / "data.csv").write_text("1,2")
    (folder / "nbgrader_config.py").write_text(f"open({str(ran)!r}, 'w').close()")
    autograde(course, "mini", Settings(run=in_process, load_model=NoModel))
    if stock:
        config = STOCK.format(root=str(course.path), url=course.db_url)
        (course.path / "nbgrader_config.py").write_text(config)
        (course.folder("autograded", "mini", "eve") / "evil.html").write_text(SCRIPT)
    with open_gradebook(course) as gradebook:
        known = gradebook.find_submission_notebook("mini", "mini", "eve").id
    base = f"/formgrader/submissions/{known}/"
    with server(course, tmp_path) as ask:
        assert ask(base).status == 200
        data = ask(base + "data.csv")
        assert (data.status, data.read()) == (200, b"1,2")
        above = base + "..%2f..%2f..%2f"
        found = {
            "a page beside": ask(base + "evil.html").status == 200,
            "a page as handed in": ask(above + "submitted%2feve%2fmini%2fevil.html").status == 200,
            "the gradebook": ask(above + "gradebook.db").status == 200,
        }
        ask(f"/formgrader?path={folder}")
        ask("/formgrader?path=submitted/eve/mini")
    return found | {"a configuration": ran.exists()}


def test_formgrader_serves_nothing_of_a_students_that_a_browser_runs(tmp_path):
    assert not any(harm(tmp_path, stock=False).values())


def test_stock_formgrader_serves_and_runs_it(tmp_path):
    assert all(harm(tmp_path, stock=True).values())
