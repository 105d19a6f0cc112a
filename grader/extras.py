"""What an extra of the package brings, as the command that installs it.

The package is on no index, so no sentence of ours names it to pip: a stranger could register the
name. From a checkout the folder is installed; otherwise what the extra needs, by its own names.
"""

import re
from importlib.metadata import requires
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
_EXTRA = re.compile(r"""extra == ['"]([\w-]+)['"]""")


def install(extra: str) -> str:
    """Return the command for an extra of pyproject.toml; for the package itself where it is ''."""
    if (CHECKOUT / "pyproject.toml").is_file():
        return f'pip install "{CHECKOUT}{f"[{extra}]" if extra else ""}"'
    needed = [text.split(";") for text in requires("seeing-attention") or ()]
    named = [
        name.strip()
        for name, *marker in needed
        if (_EXTRA.findall("".join(marker)) or [""])[0] == extra
    ]
    return "pip install " + " ".join(f'"{name}"' for name in named)
