"""A strict build stops at every mistake of an author, and at a bug of ours."""

import shutil

import pytest

from attention_views import build as build_module
from support.built_site import ROOT, run_mkdocs

CONFIG = """
site_name: Small
docs_dir: lessons/en
theme: {name: material, font: false}
plugins: []
markdown_extensions:
  attention_views: {language: en, capture: "support.small_model:attention_of"}
  pymdownx.superfences:
    custom_fences:
      - name: attention
        class: attention
        format: !!python/name:attention_views.format_fence
        validator: !!python/name:attention_views.validate_fence
"""
GOOD = """# A page

```attention
view: head
text: The cat sat.
layer: 0
heads: [0]
caption: A head
```
"""


@pytest.fixture
def build(tmp_path):
    """build({name: text}) -> the finished process; the site is in tmp_path/site."""

    def build(pages, config=CONFIG):
        (tmp_path / "mkdocs.yml").write_text(config)
        folder = tmp_path / "lessons" / "en"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, text in pages.items():
            (folder / name).write_text(text)
        return run_mkdocs(folder=tmp_path)

    return build


def test_good_pages_build(build, tmp_path):
    done = build({"index.md": GOOD})
    assert done.returncode == 0, done.stderr
    assert '<figure class="attention-view"' in (tmp_path / "site/index.html").read_text()


def test_every_mistake_of_every_page_is_said_in_one_run(build):
    done = build(
        {
            "index.md": GOOD.replace("view: head", "view: haed")
            + GOOD.replace("layer: 0", "layer: 9")
            + GOOD.replace("The cat sat.", ""),
            "other.md": "---\ntitle: Other\n---\n\n"
            + GOOD.replace("```attention", "```atention")
            + GOOD.replace("layer", "laier")
            + "\nIt is [[claim:no.claim]].\n\n```attention\nview: head\n",
        }
    )
    assert done.returncode == 1
    said = [line.split("ERROR   -  ")[1] for line in done.stderr.splitlines() if "ERROR" in line]
    assert [sentence.split(": ")[0] for sentence in sorted(said)] == [
        "lessons/en/index.md:15",
        "lessons/en/index.md:23",
        "lessons/en/index.md:4",
        "lessons/en/other.md:19",
        "lessons/en/other.md:24",
        "lessons/en/other.md:26",
        "lessons/en/other.md:7",
    ]
    assert all(";" in sentence for sentence in said)
    assert "Aborted with 7 errors in strict mode!" in done.stdout + done.stderr


def test_a_formatter_that_breaks_stops_the_build(build):
    """Superfences would print the fence as code, and the strict build would pass."""
    done = build({"index.md": GOOD}, CONFIG.replace("attention_of", "broken"))
    assert done.returncode != 0
    assert "lessons/en/index.md:3: ZeroDivisionError while drawing this fence: a bug" in done.stderr


def test_without_our_exception_the_broken_build_would_pass(build, tmp_path):
    """The control: superfences with a formatter that only raises."""
    (tmp_path / "careless.py").write_text("def draw(*a, **b):\n    raise ZeroDivisionError\n")
    config = CONFIG.replace("attention_views.format_fence", "careless.draw")
    config = config.replace("  attention_views: {", "  attention_views: {views: build/v, ")
    folder = tmp_path / "lessons" / "en"
    folder.mkdir(parents=True)
    (folder / "index.md").write_text(GOOD)
    lines = [line for line in config.splitlines() if "attention_views: {" not in line]
    (tmp_path / "mkdocs.yml").write_text(
        "\n".join(lines).replace("attention_views.validate_fence", "careless.draw")
    )
    done = run_mkdocs(
        folder=tmp_path,
        PYTHONPATH=f"{tmp_path}:{ROOT}:{ROOT / 'site'}",
    )
    assert done.returncode == 0, done.stderr
    assert "<figure" not in (tmp_path / "site/index.html").read_text()


HOOK = """from pathlib import Path
from attention_views import lesson_rules


def on_files(files, config):
    lesson_rules.report(Path(config.docs_dir), config.nav, "mkdocs.yml")
"""
"""What site/hooks.py does, without the rest of the site."""


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        (
            {"zh": ["index"], "en": ["index", "lone"]},
            "en/lone.md:1: has no twin lessons/zh/lone.md",
        ),
        (
            {"zh": ["index", "out"], "en": ["index", "out"]},
            "en/out.md:1: stands outside nav; add out",
        ),
        ({"zh": ["index"], "en": ["index=Heads share 86% of it."]}, 'en/index.md:3: "6%" is typed'),
        ({"zh": ["index"], "en": ["index"]}, ""),
    ],
)
def test_a_strict_build_refuses_a_page_without_twin_outside_nav_or_with_a_typed_number(
    tmp_path, pages, said
):
    for language, names in pages.items():
        (tmp_path / "lessons" / language).mkdir(parents=True)
        for name in names:
            name, _, text = name.partition("=")
            path = tmp_path / "lessons" / language / f"{name}.md"
            path.write_text(f"# A page\n\n{text}\n")
    (tmp_path / "hook.py").write_text(HOOK)
    nav = ["index.md"] + (["lone.md"] if "lone" in str(pages) else [])
    lines = "".join(f"  - {name}\n" for name in nav)
    (tmp_path / "mkdocs.yml").write_text(f"{CONFIG}hooks: [hook.py]\nnav:\n{lines}")
    done = run_mkdocs(folder=tmp_path)
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert done.returncode == bool(said), done.stderr
    assert len(errors) == bool(said)
    assert all(said in line and "; " in line for line in errors)


@pytest.mark.parametrize("generator", ["hooks.py", "zensical_site.py"])
def test_what_every_generator_checks_are_these_rules(said, tmp_path, generator):
    assert "build.check(" in (ROOT / "site" / generator).read_text("utf-8")
    docs = tmp_path / "lessons" / "en"
    docs.mkdir(parents=True)
    (docs / "alone.md").write_text("# Alone\n", encoding="utf-8")
    build_module.check(docs, [], language="en")
    assert ["has no twin" in sentence for sentence in said()] == [True, False]
