"""A student may call a function of their own ``check``; a question's cell still finds ours.

Just before a cell runs that asks a question of ours, the name is lent back; after it the student's
own is there again.
"""

import re
from typing import Any

_NOTHING = object()


class LentName:
    """Hooks of one IPython shell that lend a name to cells that ask a question."""

    def __init__(self, shell: Any, name: str, value: Any):
        self.shell, self.name, self.value = shell, name, value
        self.slugs: set[str] = set()
        self.theirs: Any = _NOTHING
        shell.events.register("pre_run_cell", self.before)
        shell.events.register("post_run_cell", self.after)

    def before(self, info: Any) -> None:
        """Put our value in the place of the student's, where the cell about to run asks for it."""
        self.after()  # where a cell was stopped, nothing gave the name back
        theirs = self.shell.user_ns.get(self.name, _NOTHING)
        if theirs is not self.value and self._asks(str(info.raw_cell)):
            self.theirs = theirs
            self.shell.user_ns[self.name] = self.value

    def after(self, _result: Any = None) -> None:
        """Give the student's own value back."""
        theirs, self.theirs = self.theirs, _NOTHING
        if theirs is not _NOTHING and self.shell.user_ns.get(self.name) is self.value:
            self.shell.user_ns[self.name] = theirs

    def _asks(self, source: str) -> bool:
        slugs = "|".join(map(re.escape, sorted(self.slugs)))
        return re.search(rf"(?m)^{self.name}\(\s*[\"']({slugs})\.", source) is not None


_LENT: dict[int, LentName] = {}


def keep_name(shell: Any, name: str, value: Any, slug: str) -> None:
    """Let cells of a notebook that ask a question of `slug` find `value` under `name`.

    Args:
        shell: the running IPython; nothing is done where there is none.
        name: as the notebook's cells call it.
        value: what they mean by it.
        slug: of the exercise that was started.
    """
    if not hasattr(shell, "events"):
        return
    if id(shell) not in _LENT or _LENT[id(shell)].shell is not shell:
        _LENT[id(shell)] = LentName(shell, name, value)
    _LENT[id(shell)].slugs.add(slug)
