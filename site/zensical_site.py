"""Build the site with Zensical instead of MkDocs: ``make site-zensical``.

Run in the repository. Zensical reads MkDocs' configuration but runs no hooks, so what they do is
called here. It wants its configuration above ``docs_dir`` and ``site_dir``: two small ones are
written for the build.
"""

import json
import logging
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import jieba
import yaml
import zensical
from zensical.config import parse_config

from attention_views import build
from attention_views.problems import log
from attention_views.search import EDGE

ROOT = Path.cwd()
BASES = {"zh": "mkdocs.yml", "en": "site/en.yml"}
HAN = re.compile(r"[\u3400-\u9fff]+")


class Count(logging.Handler):
    """Prints and counts our own problems: Zensical's strict build knows nothing of them."""

    problems = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Print one problem."""
        self.problems += 1
        print(record.getMessage(), file=sys.stderr)


def build_site(site: Path) -> int:
    """Build both languages into `site`, a folder below ROOT; return how many problems were said.

    Raises:
        RuntimeError: Zensical's own strict build failed.
    """
    counted = Count()
    log.addHandler(counted)
    build.begin()
    shutil.rmtree(site, ignore_errors=True)
    features = parse_config(str(ROOT / BASES["zh"]))["theme"]["features"]
    for language in BASES:
        root = site if language == "zh" else site / "en"
        written = ROOT / f".zensical-{language}.yml"
        written.write_text(configuration(language, root, features), encoding="utf-8")
        try:
            config = parse_config(str(written))
            listed = list(pages(config["nav"]))
            build.check(ROOT / "lessons" / language, listed, language=language)
            zensical.build(str(written), {"clean": True, "strict": True})
        finally:
            written.unlink()
        for address, path in build.beside_pages(language).items():
            (root / address).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, root / address)
        cut_words(root, language)
        build.finish_language(root, language)
    build.finish(site, config["extra"])
    return counted.problems


def configuration(language: str, root: Path, features: list[str]) -> str:
    """Return what Zensical reads for one language beside MkDocs' own configuration."""
    address = os.environ.get("SITE_URL", "")
    if not address:  # opened from disk
        features = [feature for feature in features if feature != "navigation.instant"]
    own = {
        "INHERIT": BASES[language],
        "docs_dir": f"lessons/{language}",
        "site_dir": str(root.relative_to(ROOT)),
        "site_url": address and address + ("en/" if language == "en" else ""),
        "use_directory_urls": bool(address),
        "theme": {"custom_dir": "site/theme", "variant": "classic", "features": features},
        # It takes a link to a text of a page (#text=) for an anchor that is missing.
        "validation": {"links": {"anchors": "ignore"}},
    }
    return yaml.safe_dump(own, allow_unicode=True, sort_keys=False)


def pages(nav: list[dict]) -> Iterator[str]:
    """Yield the page of every entry of `nav`, as Zensical has read it."""
    for entry in nav:
        if entry["url"]:
            yield entry["url"]
        yield from pages(entry["children"])


def cut_words(root: Path, language: str) -> None:
    """Turn Zensical's search index into what Material's plugin writes: Chinese cut into words."""

    def cut(text: str) -> str:
        if language != "zh":
            return text
        return HAN.sub(lambda run: EDGE + EDGE.join(jieba.cut(run[0])) + EDGE, text)

    found = json.loads((root / "search.json").read_text(encoding="utf-8"))["items"]
    sections = [item | {name: cut(item[name]) for name in ("title", "text")} for item in found]
    (root / "search").mkdir(exist_ok=True)
    target = root / "search" / "search_index.json"
    target.write_text(json.dumps({"docs": sections}), encoding="utf-8")
    (root / "search.json").unlink()


if __name__ == "__main__":
    problems = build_site(ROOT / (sys.argv[1] if len(sys.argv) > 1 else "build/zensical"))
    sys.exit(f"Problems in the lessons, said above: {problems}" if problems else 0)
