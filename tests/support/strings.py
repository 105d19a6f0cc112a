"""Strings that a tokenizer meets once in a lifetime, made by rule from a seed."""

import random
from collections.abc import Iterator

WORDS = ["the", "telescope", "was", "Zürich", "naïve", "café", "ŞİŞLİ", "Straße", "ΟΔΥΣΣΕΥΣ"]
WORDS += ["don't", "U.S.A.", "3.14", "COVID-19"]
CJK = "我用望远镜看见了那个人。東京タワー한국어テスト、注意力「机制」㐀\U00020000豈"
EMOJI = ["😀", "👩‍👩‍👧‍👦", "🇨🇳", "👍🏽", "☃️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
ACCENTS = ["e\u0301", "n\u0303", "ệ", "ǟ", "a\u0323\u0302", "\u0301", "İ", "ſ", "ﬁ", "Å", "ς", "Σ"]
CONTROLS = [*map(chr, range(32)), *"\x7f\x85\xa0\xad\u200b\u200d\u2028\u2029\u202e\ufeff\ufffd"]
CONTROLS += ["\u3000", "\u180e", "\u2060", "\ue000", "\U000e0001", "\U0010ffff", "\uffff"]
MARKS = [*"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", *"“”…—。，、·«»¿‿٪€£¤"]
SPECIAL = ["[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]", "[mask]", "[MASK", "[[SEP]]", "[CLS][CLS]"]


def strange_strings(n: int, seed: int = 0) -> Iterator[str]:
    """Yield `n` strings: of one kind each, then mixtures of all."""
    draw = random.Random(seed)
    kinds = [_words, _cjk, _emoji, _accents, _controls, _marks, _special, _long, _anything]
    for i in range(n):
        if i % 2:
            yield kinds[i // 2 % len(kinds)](draw)
        else:
            yield "".join(draw.choice(kinds)(draw) for _ in range(draw.randint(1, 4)))


def _some(draw: random.Random, choices, most: int, between: str = "") -> str:
    return between.join(draw.choice(choices) for _ in range(draw.randint(0, most)))


def _words(draw):
    return _some(draw, WORDS, 8, draw.choice([" ", "  ", "-", "\t"]))


def _cjk(draw):
    return _some(draw, CJK, 12)


def _emoji(draw):
    return _some(draw, [*EMOJI, "ok", " "], 6)


def _accents(draw):
    return _some(draw, [*ACCENTS, "a", "o", " "], 10)


def _controls(draw):
    return _some(draw, [*CONTROLS, "a", "be", " "], 10)


def _marks(draw):
    return _some(draw, [*MARKS, "x", "1", " "], 10)


def _special(draw):
    return _some(draw, [*SPECIAL, "it", " "], 5)


def _long(draw):
    return draw.choice(["a", "un", "é", "字", "ß", "😀", "e\u0301"]) * draw.choice(
        [50, 99, 100, 101, 300]
    )


def _anything(draw):
    codes = (draw.choice([draw.randrange(0x250), draw.randrange(0x3000), draw.randrange(0x110000)])
             for _ in range(draw.randint(1, 12)))  # fmt: skip
    return "".join(chr(code) for code in codes if not 0xD800 <= code < 0xE000)
