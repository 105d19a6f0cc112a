"""The search index of a language and the script that asks it, loaded when search is first opened.

Material's plugin cuts pages into sections and, for Chinese, text into words (jieba, taught the
course's terms). What it writes is made smaller here: texts without markup, and the words as one
list, since the browser needs them only to cut a query. The index is a script, because a page opened
from disk may load scripts but not data. Material's own search would fetch its index and start a
Worker on every page, and from disk needs a script of a foreign server.
"""

import html
import json
import re
import shutil
import tomllib
from collections import Counter
from contextlib import suppress
from pathlib import Path

from attention_views.bundle import SITE, bundle_script
from attention_views.home.cards import front_matter
from attention_views.problems import MarkError

FOLDER = Path("assets/search")
"""Where the script stands, below the root of both languages."""

BUILD = SITE.parent / "build" / "search"

EDGE = "\u200b"
"""What the plugin puts around each Chinese word."""

TAG = re.compile(r"<[^>]+>")
HAN = re.compile(r"[\u3400-\u9fff]{2,}")


def write_index(site: Path, language: str, lessons: Path) -> Path:
    """Replace the plugin's index of one language by ours, ``search/index.js``.

    Args:
        site: the root of that language's site.
        language: zh or en.
        lessons: the folder with the pages' sources, ``search.toml`` and ``glossary.toml``.
    """
    source = site / "search" / "search_index.json"
    sections = json.loads(source.read_text(encoding="utf-8"))["docs"]
    words: Counter[str] = Counter()
    entries = []
    for section in sections:
        title, text = (_plain(section[name]) for name in ("title", "text"))
        for part in (title, text):
            words.update(word for word in part.split(EDGE) if HAN.fullmatch(word))
        entries.append([section["location"], title.replace(EDGE, ""), text.replace(EDGE, "")])
    also = other_names(language, lessons)
    frequent = sorted(words, key=lambda word: (-words[word], word))
    pages = [location for location, _, _ in entries if "#" not in location]
    about = {location: said_of(lessons / language / _source(location)) for location in pages}
    data = {"words": " ".join(frequent), "also": also, "about": about, "entries": entries}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    target = source.with_name("index.js")
    target.write_text(f"CourseSearch.index({text});\n", encoding="utf-8")
    source.unlink()
    return target


def other_names(language: str, lessons: Path) -> list[list[str]]:
    """Return pairs: what one may type, and what the course calls it in `language`.

    A term of the other language stands for ours: 词元 finds token, token finds 词元.
    """
    named = tomllib.loads((lessons / "search.toml").read_text(encoding="utf-8"))
    terms = tomllib.loads((lessons / "glossary.toml").read_text(encoding="utf-8"))["term"]
    other = {"zh": "en", "en": "zh"}[language]
    pairs = [(term[other].lower(), term[language]) for term in terms]
    for name in named["both"]:
        pairs += [(typed, name[language]) for typed in name["typed"]]
    pairs = [*named[language].items(), *pairs]
    return [[typed, called] for typed, called in pairs if typed != called]


def said_of(page: Path) -> str:
    """Return what the front matter of a page's source says that it is about, or nothing."""
    with suppress(MarkError):  # no such page, or it says nothing of itself
        return front_matter(page).get("description", "")
    return ""


def publish_search(site: Path) -> None:
    """Build the script that asks the indexes into the finished site.

    Raises:
        CourseError: it cannot be bundled.
    """
    built = bundle_script("search/box.js", BUILD / "box.js")
    (site / FOLDER).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(built, site / FOLDER / built.name)


def _source(location: str) -> str:
    """Return the name of the source of a page: of ``guide/page/`` or ``guide/page.html``."""
    return f"{location.rstrip('/').removesuffix('.html') or 'index'}.md"


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(TAG.sub(" ", text))).strip()
