"""What a build does around the pages, whatever generator makes them: MkDocs or Zensical.

``begin`` before the first page of both languages, then for each language ``check`` and
``beside_pages`` before its pages and ``finish_language`` after them, and ``finish`` at the end.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from attention_views import lesson_rules, live, live_write, notebooks, publish, search, terms

LESSONS = notebooks.ROOT / "lessons"


def begin() -> None:
    """Forget the last build, build the engine, and teach the search the course's terms."""
    publish.begin()
    terms.teach_search(LESSONS / "glossary.toml")


def check(docs: Path, nav: Sequence | None, *, language: str) -> None:
    """Say what is wrong with a language's pages as a whole, and with its `nav`."""
    lesson_rules.report(docs, nav, "mkdocs.yml" if language == "zh" else "site/en.yml")


def beside_pages(language: str) -> dict[str, Path]:
    """Return address -> file of what a language's site holds beside its pages: notebooks."""
    made = [*notebooks.needed(language), *notebooks.offered(language)]
    return {f"{notebooks.FOLDER}/{path.name}": path for path in made}


def ready_templates(env) -> None:
    """Give Jinja a filter that Zensical's templates have: main.html is read by both."""
    env.filters["split"] = str.split


def finish_language(site: Path, language: str) -> None:
    """Write the search index of a language; `site` is the root of its pages."""
    search.write_index(site, language, LESSONS)


def finish(site: Path, extra: Mapping) -> None:
    """Put views, search and live models into the finished site; `extra` is the configuration's."""
    publish.publish_views(site)
    search.publish_search(site)
    live.publish_live(site, model=extra["live_model"])
    live_write.publish_smollm2(site, model=extra["live_smollm2"])
