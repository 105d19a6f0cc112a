"""The model of "Watch it write", run in Node on the sources that the site is built from."""

import base64
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from attention_views.bundle import find_node
from grader.models.known import KNOWN_MODELS, cached_path

RUNNER = Path(__file__).with_suffix(".mjs")


def smollm2_file() -> Path:
    """Return the model's file; skip where nobody fetched it."""
    path = cached_path("smollm2") / KNOWN_MODELS["smollm2"].gguf
    if not path.is_file():
        pytest.skip("smollm2 is not here; fetch its 93 MB with: grader model smollm2")
    return path


def run_smollm2(folder: Path, kernel: Path, inputs: list[dict]) -> list[dict]:
    """Run the parts in `folder` on inputs ``{text, attention?, write?, silent?, hidden?, blind?}``.

    Returns:
        For each its ids and how they are shown; with ``attention`` also rows (a flat array for
        each token: layer, head, key) and logits; with ``write`` the ids written.
    """
    done = subprocess.run(
        [find_node(), RUNNER, folder, kernel],
        input=json.dumps(inputs),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    for result in results:
        if "rows" in result:
            result["rows"] = [_floats(row) for row in result["rows"]]
            result["logits"] = _floats(result["logits"])
    return results


def _floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")
