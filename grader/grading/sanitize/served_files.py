"""formgrader, as nbgrader 0.9.6 has it, serves more than it should; here it is told not to.

Its address of a submission's files leads, by ``..%2f``, to every file of the course, `submitted`
among them, from the origin that sets grades. And ``/formgrader?path=FOLDER`` runs the
`nbgrader_config.py` of any folder, one that a student handed in too, at one click on a link
anywhere. A course's configuration is loaded by formgrader itself, so it can close both.
"""

import sys
from pathlib import Path

HANDLERS = "nbgrader.server_extensions.formgrader.handlers"
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"


def confine() -> None:
    """Confine formgrader's handlers, where this process is one that has them."""
    handlers = sys.modules.get(HANDLERS)
    if handlers is None or getattr(handlers, "confined", False):
        return
    from tornado.web import HTTPError

    files, opener = handlers.SubmissionFilesHandler, handlers.FormgraderHandler
    parse, get = files.parse_url_path, opener.get

    def parse_url_path(self, url_path):
        """Lead to files of one graded submission alone."""
        parts = url_path.lstrip("/").split("/")[1:]
        if not parts or not all(parts) or ".." in parts or "\\" in url_path:
            raise HTTPError(404)
        return parse(self, url_path)

    def get_outside_courses(self):
        """Open no folder inside of a course: that is a student's."""
        asked = Path(self.get_argument("path", "") or ".").resolve()
        if any((folder / "course.toml").is_file() for folder in asked.parents):
            raise HTTPError(404)
        return get(self)

    files.parse_url_path = parse_url_path
    files.content_security_policy = property(lambda self: POLICY)
    opener.get = get_outside_courses
    handlers.confined = True  # type: ignore[attr-defined]  # a mark of ours
