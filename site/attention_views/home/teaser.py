"""A language model writes, one word at a time: the likeliest next words, and where it looked.

The steps come from a stored file, ``lessons/data/next-words.json``; radio buttons choose the step.
"""

import json
from html import escape

WORDS = {
    "zh": {
        "write": "写下一个词",
        "again": "从头再写",
        "done": "写完了。每一步都挑最可能的词，<b>写出来的却是这样一句。</b>",
        "steps": "写到第几个词",
        "step": "第 {number} 步",
    },
    "en": {
        "write": "Write the next word",
        "again": "Write again",
        "done": "Done. It took the likeliest word each time, <b>and this is what came of it.</b>",
        "steps": "how far it has written",
        "step": "step {number}",
    },
}
_SHADE = 46  # percent of blue behind the word that is looked at hardest


def draw_teaser(home) -> str:
    """Return the steps of the file that ``data`` names, in the folder of lessons."""
    words = WORDS[home.language]
    path = home.lesson.folder.parent / "data" / home.options["data"]
    steps = json.loads(path.read_text(encoding="utf-8"))["steps"]
    given = len(steps[0]["tokens"])
    most = max(chance for step in steps for _, chance in step["top"])
    radios = "".join(
        f'<input class="home-hidden" type="radio" name="home-step" id="home-step-{i}" '
        f'autocomplete="off"{" checked" if i == 0 else ""} '
        f'aria-label="{words["step"].format(number=i + 1)}">'
        for i in range(len(steps))
    )
    panels = "".join(
        _panel(step, i, last=i == len(steps) - 1, given=given, most=most, words=words)
        for i, step in enumerate(steps)
    )
    return (
        f'<div class="home-write" role="radiogroup" aria-label="{words["steps"]}" '
        f"data-search-exclude>{radios}{panels}</div>"
    )


def _panel(step: dict, number: int, *, last: bool, given: int, most: float, words: dict) -> str:
    looks = step["mean"]
    top = max(looks[1:])
    line = []
    for place, token in enumerate(step["tokens"]):
        shade = 0 if last or place == 0 else round(_SHADE * looks[place] / top)
        style = f' style="--shade:{shade}%"' if shade else ""
        kind = ' class="new"' if place >= given else ""
        space = " " if token.startswith(" ") else ""
        line.append(f"{space}<span{kind}{style}>{escape(token.strip())}</span>")
    if not last:
        line.append(' <span class="slot"></span>')
    if last:
        side, after, label = f'<p class="done">{words["done"]}</p>', 0, words["again"]
    else:
        side, after, label = _bars(step["top"], most), number + 1, words["write"]
    return (
        f'<section class="home-step" id="home-panel-{number}"><p class="home-line" lang="en">'
        f'{"".join(line)}</p><div>{side}<label class="home-button" for="home-step-{after}" '
        f'aria-hidden="true">{label}</label></div></section>'
    )


def _bars(top: list, most: float) -> str:
    rows = "".join(
        f'<tr><th scope="row" lang="en">{escape(word.strip())}</th>'
        f'<td><i style="width:{chance / most * 100:.0f}%"></i></td>'
        f"<td>{chance:.2f}</td></tr>".replace("<td>0.", "<td>.")
        for word, chance in top
    )
    return f'<table class="home-bars">{rows}</table>'
