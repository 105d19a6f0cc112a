"""What this machine has: the model, and what is missing."""

import argparse
from pathlib import Path

from grader.commands import Command
from grader.commands.terminal import answer


def _model(arguments: argparse.Namespace) -> int:
    from grader.models import fetch_model

    folder = fetch_model(arguments.name, arguments.origin)
    answer(
        arguments,
        {
            "model": folder.name,
            "sha256": folder.sha256,
            "path": str(folder.path),
            "source": folder.source,
        },
        f"{folder.name}: {folder.path} (from {folder.source}; sha256 {folder.sha256[:12]}...)",
    )
    return 0


def _model_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default="minilm", metavar="NAME")
    parser.add_argument(
        "--from",
        dest="origin",
        type=Path,
        metavar="PATH",
        help="a folder, wheel or .gguf file that holds it",
    )


def _doctor(arguments: argparse.Namespace) -> int:
    from grader.doctor import examine

    findings = examine(Path(arguments.course))
    lines = [
        f"{'ok     ' if f.ok else 'MISSING'}  {f.what}" + ("" if f.ok else f": {f.repair}")
        for f in findings
    ]
    answer(arguments, {"findings": [f.to_json() for f in findings]}, "\n".join(lines))
    return 0 if all(f.ok or f.optional for f in findings) else 1


COMMANDS = (
    Command(
        "model",
        "fetch the model that exercises look into",
        "model, sha256, path, source",
        _model,
        _model_arguments,
    ),
    Command(
        "doctor",
        "say what is there, what is missing, and the repair",
        "findings: a list of what, ok, repair, optional",
        _doctor,
    ),
)
