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
:root{color-scheme:light dark;
--latin:"Inter",system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial;
--han:"PingFang SC","HarmonyOS Sans SC","MiSans","Microsoft YaHei","Noto Sans CJK SC";
--read:"Iowan Old Style","Palatino Linotype",Palatino,"URW Palladio L",P052,Georgia,"Songti SC",
"Noto Serif CJK SC",serif;
--mono:ui-monospace,"SF Mono","Cascadia Mono",Consolas,"DejaVu Sans Mono","Noto Sans Mono CJK SC",
monospace;
--paper:#fcfbf8;--raised:#f4f2ec;--line:#dedad0;--ink:#23262e;--quiet:#5b606c;
--blue:#1b5488;--look:#2563eb;--red:#a83c1c;--asks:#fbe6b0;--asks-edge:#b98300}
@media (prefers-color-scheme:dark){:root{--paper:#15171d;--raised:#1d2028;--line:#343945;
--ink:#d9dce3;--quiet:#a0a6b4;--blue:#8fbdf0;--look:#6ea8ff;--red:#f2a07b;--asks:#4d3d12;
--asks-edge:#e0b243}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{font:1rem/1.65 var(--latin),var(--han),sans-serif;margin:0;color:var(--ink);
background:var(--paper);-webkit-font-smoothing:antialiased}
:lang(zh-CN){line-height:1.75;line-break:strict}
main{max-width:50rem;margin:0 auto;padding:1.2rem 1.5rem 5rem;display:flex;flex-wrap:wrap;
justify-content:flex-end}
#to-zh:checked~.page .en,#to-en:checked~.page .zh{display:none}
.switch{position:absolute;opacity:0}
main>label{margin-left:.2rem;padding:.45rem .8rem;border-radius:.3rem;
color:var(--quiet);font-size:.85rem;line-height:1.4;cursor:pointer}
#to-zh:checked+label,#to-en:checked+label{background:var(--raised);color:var(--ink)}
.switch:focus-visible+label,:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
.page{flex:0 0 100%;min-width:0}
h1,h2,h3,h4,h5,h6{line-height:1.35;font-weight:600;text-wrap:balance}
h1{font-size:1.9rem;margin:.2rem 0 .4rem;letter-spacing:-.01em}
h2{font-size:1.3rem;margin:3rem 0 .8rem}
h3{font-size:1.05rem;margin:1.6rem 0 .4rem}
h4,h5,h6{font-size:1rem;margin:1.4rem 0 .4rem}
p,ul,ol{margin:.5rem 0}
a{color:var(--blue);text-underline-offset:.18em}
pre,code{font:.85rem/1.55 var(--mono)}
pre{background:var(--raised);padding:.7rem .9rem;margin:.5rem 0;border-radius:.35rem;
white-space:pre-wrap;overflow-wrap:anywhere}
pre.error{border-left:3px solid var(--red)}
table{border-collapse:collapse;width:100%;margin:.4rem 0 1rem}
th,td{text-align:left;padding:.45rem .9rem .45rem 0;border-bottom:1px solid var(--line);
vertical-align:top;overflow-wrap:break-word}
th:last-child,td:last-child{padding-right:0}
thead th{word-break:keep-all;color:var(--quiet);font-weight:500;font-size:.85rem}
.n{white-space:nowrap;text-align:right;font-variant-numeric:tabular-nums lining-nums}
li,p,.cell td{overflow-wrap:anywhere}
.cell td:first-child:has(code){min-width:8.5rem}
.off{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.quiet{color:var(--quiet)}
.small{font-size:.85rem}
.eyebrow{margin:0;color:var(--quiet);font-size:.85rem;letter-spacing:.02em}
summary{cursor:pointer}
img{max-width:100%;background:#fff;border-radius:.35rem}
@media (max-width:36rem){main{padding:.8rem 1rem 3rem}h1{font-size:1.55rem}h2{margin-top:2.4rem}
th,td{padding-right:.6rem}}
@media print{:root{--paper:#fff;--raised:#f5f5f3;--line:#ccc;--ink:#111;--quiet:#444;--blue:#1b5488;
--look:#2563eb;--red:#a83c1c;--asks:#fbe6b0;--asks-edge:#b98300}
.switch,main>label{display:none}body{font-size:10.5pt}main{display:block;max-width:none;padding:0}
.bar,.bar i,.strip i{print-color-adjust:exact;-webkit-print-color-adjust:exact}
h2,h3,h4,summary{break-after:avoid}pre,img,tr{break-inside:avoid}}
"""


def page(title: dict[str, str], language: str, body: str, style: str = "") -> str:
    """Return a whole page.

    Args:
        title: what it is called, in each language; plain text.
        language: the one that is shown first.
        body: HTML, made of `both` and `block`, with the page's h1; all that is not ours escaped.
        style: CSS beside the common one.
    """
    switch = "".join(
        f'<input type="radio" name="language" class="switch" id="to-{key}"'
        f"{' checked' if key == language else ''}>"
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


def table(
    heads: list[str], rows: list[list[str]], numbers: tuple[int, ...] = (), style: str = ""
) -> str:
    """Return a table of HTML cells.

    Args:
        heads: HTML of each column's head.
        rows: HTML of the cells.
        numbers: which columns hold numbers: aligned at the right, not broken over lines.
        style: its class.
    """
    marks = [' class="n"' if at in numbers else "" for at in range(len(heads))]
    head = "".join(
        f'<th scope="col"{mark}>{cell}</th>' for mark, cell in zip(marks, heads, strict=True)
    )
    body = "\n".join(
        "<tr>" + "".join(f"<td{m}>{c}</td>" for m, c in zip(marks, row, strict=True)) + "</tr>"
        for row in rows
    )
    kind = f' class="{style}"' if style else ""
    return f"<table{kind}>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n"
