"""Compute what the lessons' ``generation`` fences show.

To be run after a new fence, or a changed one::

python -m attention_views.keep_generations            # writes what is missing
python -m attention_views.keep_generations --all      # writes everything anew
"""

import sys

from attention_views.generation_fence import shown_in
from attention_views.generations import FOLDER, compute, keep, kept_name


def main(arguments: list[str]) -> int:
    """Compute what the lessons show and is not kept, or everything with ``--all``."""
    wanted = shown_in(FOLDER.parents[1])
    for text, n in wanted:
        path = FOLDER / f"{kept_name(text, n)}.json"
        if not path.is_file() or "--all" in arguments:
            print(keep(compute(text, n), n).name, path.stat().st_size, "bytes")
    kept = {f"{kept_name(text, n)}.json" for text, n in wanted}
    for path in sorted(FOLDER.glob("*.json")):
        if path.name not in kept:
            print(f"no lesson shows {path.name} any more; take it away")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
