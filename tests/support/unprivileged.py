"""Run a command as an ordinary user, though Python may lie in a folder that only root may enter.

As root: ``python -m support.unprivileged COMMAND...`` opens mounts of its own, in which every
closed folder on the way to Python, to the repository and to the model is replaced by an open one
that holds nothing else, becomes the user and starts the command there.
"""

import os
import sys
import tempfile
from pathlib import Path

UID = 54321
"""Nobody's: unlike 65534 it owns no process and no file."""
ROOT = Path(__file__).parent.parent.parent


def main() -> None:
    from grader.grading.kernels import libc
    from grader.models import find_model

    model = find_model("minilm").path
    libc.unshare(libc.CLONE_NEWNS)
    libc.mount("none", "/", flags=libc.MS_REC | libc.MS_PRIVATE)
    open_the_way([Path(sys.prefix), Path(sys.base_prefix), ROOT, model])
    home = Path(tempfile.mkdtemp(prefix="sa-user-"))
    os.chown(home, UID, UID)
    os.setgroups([])
    os.setresgid(UID, UID, UID)
    os.setresuid(UID, UID, UID)
    os.environ |= {
        "HOME": str(home),
        "SEEING_ATTENTION_CACHE": str(model.parent.parent),
        "PYTHONPATH": os.pathsep.join(str(ROOT / name) for name in (".", "site", "tests")),
        "PYTEST_ADDOPTS": "-p no:cacheprovider",
    }
    os.execvp(sys.argv[1], sys.argv[1:])


def open_the_way(paths: list[Path]) -> None:
    """Put an open folder in place of each closed one above `paths`, with only them inside."""
    from grader.grading.kernels import libc

    closed = {parent for path in paths for parent in path.parents if not is_open(parent)}
    for top in sorted(closed):
        if any(parent in closed for parent in top.parents):
            continue
        inside = [path for path in paths if path.is_relative_to(top)]
        held = [(path, os.open(path, os.O_PATH)) for path in inside]
        libc.mount("open", str(top), "tmpfs", data="mode=755")
        for path, fd in held:
            path.mkdir(parents=True, exist_ok=True)
            libc.mount(f"/proc/self/fd/{fd}", str(path), flags=libc.MS_BIND | libc.MS_REC)
            os.close(fd)


def is_open(folder: Path) -> bool:
    """Tell whether anyone may enter a folder."""
    return bool(folder.stat().st_mode & 0o001)


if __name__ == "__main__":
    main()
