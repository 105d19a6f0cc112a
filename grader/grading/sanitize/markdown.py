r"""Sanitize a student's Markdown before it is stored: it looks as before, and nothing in it acts.

It is shown in formgrader, on the same origin as the API that sets grades, and formgrader serves the
whole course folder. nbgrader's templates let all HTML of Markdown through, so no setting of theirs
can take the place of this. HTML, entities, script schemes and macros of TeX become text. So does
every link that is not plainly to another site, and every picture that is not attached to the cell:
a page that loads a picture tells its host who reads, and when.

Nothing is parsed, so no two parsers can disagree: what would begin a construct is broken wherever
it stands, by a character that nobody sees.
"""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

JOINER = "\u2060"
"""WORD JOINER, invisible. Behind `<` or `&` it makes them plain text to a browser, in running text
and in code alike, where an escape such as `&lt;` would be shown as it is written."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")  # all but \t, \n and ESC
_PICTURE = re.compile(
    r'!\[([^\[\]\n]{0,200})\]\(attachment:([^()\s<>\\]{1,300})(?:[ \t]+"[^"\n]{0,200}")?\)'
)
_HELD = "\0{}\0"
"""What stands for a picture meanwhile; a text has no such character."""
_TAG = re.compile(r"<(?=[A-Za-z/!?\0])")
_ENTITY = re.compile(r"&(?=[#A-Za-z])")
_SCHEME = re.compile(r"(javascript|vbscript|data|file|blob)(\\?:)", re.IGNORECASE)
_TEX = re.compile(
    r"\\(?=href|url|require|class|style|cssId|data|mmlToken|html|unicode|bbox|includegraphics"
    r"|def|gdef|edef|let|newcommand|renewcommand|newenvironment|renewenvironment"
    r"|DeclareMathOperator|csname)"
)
_DIAGRAM = re.compile(r"(```|~~~)([ \t]*)(?=mermaid)")
_WEB = re.compile(r"https?(?=:)", re.IGNORECASE)
_TARGET = re.compile(r"\](?=[(:])")
_IMAGE = re.compile(r"!(?=\[)")
_ADDRESS = re.compile(
    r"https?://(?P<host>[\w.-]{1,253})(?::\d{1,5})?(?![^\s/?#)\]}>\"'*_,;])(?P<rest>[^\s<>]{0,1000})(?![^\s<>])",
    re.IGNORECASE,
)
_BEFORE_TARGET = re.compile(r"[(:]\s{0,20}")
_HARMLESS_TARGET = re.compile(r"#|mailto:[\w.+-]{1,64}@")
_LAST_LABEL = re.compile(r"[^\W\d_]{2,63}|xn--[a-z0-9-]{1,59}")
_LOCAL = frozenset(
    {"arpa", "corp", "home", "internal", "intranet", "invalid", "lan"}
    | {"local", "localdomain", "localhost", "private", "test"}
)
_GRADERS = ("formgrader", "nbgrader")


def clean_text(text: str) -> str:
    """Return `text` without lone surrogates and control characters; colours (ESC) stay."""
    text = text.encode("utf-8", "replace").decode()
    return _CONTROLS.sub("", text.replace("\r\n", "\n"))


def defuse_cell(cell: dict) -> dict:
    """Return a Markdown or raw cell with harmless text and the pictures that the text shows."""
    pictures = cell.get("attachments") or {}
    source, shown = defuse_markdown(cell["source"], pictures)
    made = {key: value for key, value in cell.items() if key != "attachments"} | {"source": source}
    if shown:
        made["attachments"] = {new: pictures[old] for old, new in shown.items()}
    return made


def defuse_markdown(text: str, pictures: Iterable[str] = ()) -> tuple[str, dict[str, str]]:
    """Return Markdown in which nothing acts, and the attached pictures that it shows.

    Headings, lists, emphasis, code, formulas and links to other sites look as before. A picture is
    shown where it is named first; it gets a new name, as nbconvert does not find every old one.

    Args:
        text: as the student wrote it.
        pictures: the names of those that are attached.

    Returns:
        The text, and old name -> new name.
    """
    known = set(pictures)
    shown: dict[str, str] = {}
    held: list[str] = []

    def hold(found: re.Match) -> str:
        name = found[2] if found[2] in known else unquote(found[2])
        if name not in known or name in shown:
            return found[0]
        shown[name] = f"picture-{len(shown) + 1}"
        held.append(f"![{_defuse(found[1])}](attachment:{shown[name]})")
        return _HELD.format(len(held) - 1)

    text = _defuse(_PICTURE.sub(hold, clean_text(text).replace("\x1b", "")))
    return re.sub(r"\0(\d+)\0", lambda found: held[int(found[1])], text), shown


def is_elsewhere(text: str, at: int = 0) -> bool:
    """Tell whether an ordinary address of another site than the reader's own stands in a text.

    That is http or https, a host with a public name, and no path of a grader's: a number or a
    local name could be the machine on which formgrader runs.
    """
    found = _ADDRESS.match(text, at)
    if not found:
        return False
    host = unicodedata.normalize("NFKC", found["host"]).lower()
    labels = host.split(".")
    path = unquote(unquote(found["rest"].replace("\\", ""))).lower()
    return (
        host == found["host"].lower()
        and len(labels) > 1
        and all(labels)
        and labels[-1] not in _LOCAL
        and _LAST_LABEL.fullmatch(labels[-1]) is not None
        and not any(grader in part for grader in _GRADERS for part in path.split("/"))
    )


def _defuse(text: str) -> str:
    text = _TAG.sub("<" + JOINER, text)
    text = _ENTITY.sub("&" + JOINER, text)  # &#36;&#92;href would reach MathJax as a formula
    text = _SCHEME.sub(rf"\1{JOINER}\2", text)
    text = _TEX.sub(lambda _: "\\" + JOINER, text)
    text = _DIAGRAM.sub(rf"\1\2{JOINER}", text)  # they may load pictures
    text = _WEB.sub(_unless_elsewhere, text)
    text = _TARGET.sub(_unless_kept, text)
    return _IMAGE.sub("!" + JOINER, text)


def _unless_elsewhere(found: re.Match) -> str:
    return found[0] if is_elsewhere(found.string, found.start()) else found[0] + JOINER


def _unless_kept(found: re.Match) -> str:
    """Leave what makes a link, or names its target, as it is before a harmless target alone."""
    before = _BEFORE_TARGET.match(found.string, found.end())
    at = before.end() if before else found.end()
    kept = _HARMLESS_TARGET.match(found.string, at) or is_elsewhere(found.string, at)
    return "]" if kept else "]" + JOINER
