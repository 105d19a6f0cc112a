"""The package that handouts carry: what hatchling builds, installed by pip from a file alone."""

import email
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import grader
from grader.course.wheel import beside, requirements, wheel_bytes, wheel_name
from support.courses import make_course, released

ROOT = Path(grader.__file__).parent.parent


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


@pytest.mark.long
def test_it_holds_what_hatchling_would_build(tmp_path):
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", str(ROOT)]
    subprocess.run([*command, "--wheel-dir", str(tmp_path)], check=True)
    (built,) = tmp_path.glob("*.whl")
    assert built.name == wheel_name()
    theirs, ours = members(built.read_bytes()), members(wheel_bytes())
    assert sorted(theirs) == sorted(ours)
    assert {name: theirs[name] == ours[name] for name in ours if name.startswith("grader/")} == {
        name: True for name in ours if name.startswith("grader/")
    }


@pytest.mark.long
def test_pip_installs_it_from_the_file_alone(tmp_path):
    wheel = tmp_path / wheel_name()
    wheel.write_bytes(wheel_bytes())
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, "--target", str(tmp_path / "there"), str(wheel)], check=True)
    code = "import grader.check, sys; print(grader.__file__)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={"PYTHONPATH": str(tmp_path / "there")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(str(tmp_path / "there"))


def test_it_is_the_same_bytes_each_time_and_says_its_version():
    told = members(wheel_bytes())[f"seeing_attention-{grader.__version__}.dist-info/METADATA"]
    assert email.message_from_bytes(told)["Version"] == grader.__version__
    first = wheel_bytes()
    wheel_bytes.cache_clear()
    assert wheel_bytes() == first


def test_the_requirements_name_the_file_and_an_exact_version_of_all_else():
    comment, wheel, *pins = requirements().splitlines()
    assert comment.startswith("# sha256 ")
    assert wheel == f"./{wheel_name()}"
    names = [pin.split("==")[0] for pin in pins]
    assert {"numpy", "tokenizers", "matplotlib"} <= set(names)
    assert not {"torch", "transformers", "nbgrader"} & set(names)
    assert names == sorted(set(names))


def test_a_handout_carries_what_its_notebook_tells_a_student_to_install(tmp_path):
    course = make_course(tmp_path)
    notebook = released(course)
    with zipfile.ZipFile(course.path / "handout" / "mini.zip") as zipped:
        names = {Path(name).name for name in zipped.namelist()}
        setup = zipped.read("mini/SETUP.txt").decode()
    assert beside("mini", "", "minilm").keys() <= names
    assert f"pip install ./{wheel_name()}" in setup
    told = ["".join(cell["source"]) for cell in notebook["cells"]]
    assert any(f"%pip install ./{wheel_name()}`" in text for text in told)
    assert not any("pip install seeing-attention" in text for text in told)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_students_guide_tells_the_line_that_the_handout_does(language):
    guide = ROOT / "lessons" / language / "guide" / "students.md"
    assert f"pip install ./{wheel_name()} jupyterlab" in guide.read_text("utf-8")


def test_a_course_that_names_a_package_carries_none(tmp_path):
    course = make_course(tmp_path)
    config = course.path / "course.toml"
    config.write_text(config.read_text().replace("\n[late]", '\npackage = "our-course"\n[late]', 1))
    from grader.course.course import open_course
    from grader.course.release import release

    with zipfile.ZipFile(release(open_course(course.path), "mini").zip) as zipped:
        assert not [name for name in zipped.namelist() if name.endswith(".whl")]
        assert b"%pip install our-course`" in zipped.read("mini/mini.ipynb")
