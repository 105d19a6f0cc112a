"""A page that stands alone: both languages in one file, light and dark, no script, nothing loaded.

Each text is there twice, marked with its language, and two radio buttons choose by style alone:
the page can be mailed as one file, and says the same to a screen reader.
"""

from html import escape
from typing import Any

from grader.reports.texts import text

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

TAGS = {"zh": "zh-CN", "en": "en"}
"""Our languages, as HTML names them."""

STYLE = """\
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#f2f4f7;--line:#8a93a0;
--mark:#1d5fa8;--bad:#a8321d;--good:#1f6b3a}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ee;--paper:#16191d;--soft:#22272e;
--line:#7d8794;--mark:#7db4f0;--bad:#f29a86;--good:#7fd09b}}
*{box-sizing:border-box}
body{font:16px/1.6 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;
margin:0;color:var(--ink);background:var(--paper)}
main{max-width:60rem;margin:0 auto;padding:1rem}
#to-zh:checked~.page .en,#to-en:checked~.page .zh{display:none}
label{margin-right:1rem}
h1,h2,h3{line-height:1.3}
a{color:var(--mark)}
pre,code{font:.85rem/1.5 ui-monospace,"Cascadia Mono",Consolas,Menlo,monospace}
pre{background:var(--soft);padding:.6rem .8rem;margin:.4rem 0;border-radius:4px;
white-space:pre-wrap;overflow-wrap:anywhere}
pre.error{border-left:4px solid var(--bad)}
table{border-collapse:collapse;width:100%;margin:.4rem 0 1rem}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);
vertical-align:top;overflow-wrap:break-word}
thead th{word-break:keep-all}
td.n{white-space:nowrap;font-variant-numeric:tabular-nums}
li,p,.cell td{overflow-wrap:anywhere}
.cell td:first-child:has(code){min-width:8.5rem}
.off{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.card,.comment{border:1px solid var(--line);border-left:4px solid var(--mark);border-radius:4px;
padding:.4rem .8rem;margin:.6rem 0;overflow-wrap:anywhere}
.comment{border-left-color:var(--good)}
.rubric{white-space:pre-line}
.small{font-size:.85rem}
img{max-width:100%;background:#fff}
.cell{margin:1rem 0}
@media (max-width:36rem){main{padding:.6rem}th,td{padding:.3rem}}
@media print{input,label{display:none}}
"""


def page(title: dict[str, str], language: str, body: str, style: str = "") -> str:
    """Return a whole page.

    Args:
        title: what it is called, in each language; plain text.
        language: the one that is shown first.
        body: HTML, made of `both` and `block`; all that is not ours escaped in it.
        style: CSS beside the common one.
    """
    switch = "".join(
        f'<input type="radio" name="language" id="to-{key}"{" checked" if key == language else ""}>'
        f'<label for="to-{key}" lang="{TAGS[key]}">{name}</label>\n'
        for key, name in (("zh", "中文"), ("en", "English"))
    )
    return f"""<!DOCTYPE html>
<html lang="{TAGS[language]}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title[language])}</title>
<style>{STYLE}{style}</style>
</head>
<body>
<main>
{switch}<div class="page">
<h1>{spans({key: escape(value) for key, value in title.items()})}</h1>
{body}
</div>
</main>
</body>
</html>
"""


def both(key: str, **values: Any) -> str:
    """Return a text of `texts` in both languages, its values escaped, within a line."""
    return spans({language: escape(text(key, language, **values)) for language in TAGS})


def spans(html: dict[str, str]) -> str:
    """Return HTML in both languages within a line; once where both are the same."""
    return _twice(html, "span")


def block(html: dict[str, str]) -> str:
    """Return HTML in both languages as blocks."""
    return _twice(html, "div")


def _twice(html: dict[str, str], tag: str) -> str:
    if len(set(html.values())) == 1:
        return html["en"] if tag == "span" else f"<div>{html['en']}</div>"
    return "".join(
        f'<{tag} class="{language}" lang="{name}">{html[language]}</{tag}>'
        for language, name in TAGS.items()
    )


def table(heads: list[str], rows: list[list[str]], numbers: tuple[int, ...] = ()) -> str:
    """Return a table of HTML cells.

    Args:
        heads: HTML of each column's head.
        rows: HTML of the cells.
        numbers: which columns hold numbers, which are not broken over lines.
    """
    marks = [' class="n"' if at in numbers else "" for at in range(len(heads))]
    head = "".join(
        f'<th scope="col"{mark}>{cell}</th>' for mark, cell in zip(marks, heads, strict=True)
    )
    body = "\n".join(
        "<tr>" + "".join(f"<td{m}>{c}</td>" for m, c in zip(marks, row, strict=True)) + "</tr>"
        for row in rows
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n"
