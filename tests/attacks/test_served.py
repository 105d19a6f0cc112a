"""What formgrader serves of a student's, asked of a real Jupyter server; stock is the control."""

import urllib.error
import urllib.request

import pytest

from grader.course.gradebook import open_gradebook
from grader.grading.batch import Settings, autograde
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released
from support.jupyter_server import jupyter_server

pytestmark = pytest.mark.long
SCRIPT = "<script>1</script>"
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "mini"
c.CourseDirectory.root = {root!r}
c.CourseDirectory.db_url = {url!r}
"""


OPTIONS = (
    "--IdentityProvider.token=",
    "--ServerApp.password=",
    '--ServerApp.jpserver_extensions={"nbgrader.server_extensions.formgrader": True}',
)


def asked(address: str):
    """Return what the server answers, be it an error."""
    try:
        return urllib.request.urlopen(address)
    except urllib.error.HTTPError as error:
        return error


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
    home = tmp_path / "home"
    with jupyter_server("jupyter server", course.path, home, *OPTIONS) as address:

        def ask(path: str):
            return asked(address + path)

        shown = ask(base)
        assert shown.status == 200, (shown.read(), (home / "log").read_text())
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
