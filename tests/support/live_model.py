"""The model of the site's own sentence, run in Node on the sources that the site is built from."""

import base64
import json
import subprocess
from pathlib import Path

import numpy as np

from attention_views.bundle import find_node

RUNNER = Path(__file__).with_suffix(".mjs")


def run_live(folder: Path, inputs: list[dict], kernel: Path | None = None) -> list[dict]:
    """Run the exported model in `folder` on inputs ``{text, pair?, attention?}``.

    With `kernel`, the assembled linear.wat, its matrices are multiplied by it.

    Returns:
        For each its ids, tokens, types and, if asked, weights, queries and keys as flat arrays.
    """
    done = subprocess.run(
        [find_node(), RUNNER, folder, *([kernel] if kernel else [])],
        input=json.dumps(inputs),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    results = json.loads(done.stdout)
    for result in results:
        for name in ("weights", "queries", "keys"):
            if name in result:
                result[name] = np.frombuffer(base64.b64decode(result[name]), "<f4")
    return results
