"""What a row of a one-way model can know: nothing of what comes later. The telescope sentence."""

import numpy as np

from grader.capture import load_model
from grader.decoder.figures import ids_of, look, mean, rows, texts

TELESCOPE = "I saw the man with the telescope."
YESTERDAY = "Yesterday I saw the man with the telescope."
OTHERS = ("I saw the man with the beard.", "I saw the man with my telescope.")


def figures() -> dict:
    """Return the figures."""
    plain, moved = _row(TELESCOPE), _row(YESTERDAY)
    return {
        "i": float(plain["I"].mean()),
        "man": float(plain["man"].mean()),
        "heads_i": int((plain["I"] > plain["man"]).sum()),
        "heads": plain["I"].size,
        "i_after_yesterday": float(moved["I"].mean()),
        "yesterday": float(moved["Yesterday"].mean()),
        "heads_i_after_yesterday": int((moved["I"] > moved["man"]).sum()),
        "same_row": _largest_change(),
        "rows_kept": _rows_kept(),
        "tokens_a_word": _tokens_a_word(),
    }


def _row(text: str, word: str = "with") -> dict[str, np.ndarray]:
    """Return what every head gives from a word to each word before it."""
    merged = load_model("smollm2").attend(text).merge_words()
    place = merged.position(word)
    return {name: merged.weights[:, :, place, at] for at, name in enumerate(merged.words[:place])}


def _largest_change() -> float:
    """Return how much the row changes where the sentence ends otherwise: nothing can."""
    plain = _row(TELESCOPE)
    return max(
        float(np.abs(_row(other)[word] - plain[word]).max()) for other in OTHERS for word in plain
    )


def _rows_kept() -> float:
    """Return the largest change of a row when a story goes on behind it."""
    found = []
    for row in rows("writer-stories", "report")[:6]:
        ids = ids_of(row["text"])
        short, whole = look(ids), look([*ids, *ids_of(f" {row['right']}, and went home.")])
        found.append(float(np.abs(whole[:, :, : len(ids), : len(ids)] - short).max()))
    return max(found)


def _tokens_a_word() -> dict:
    return mean(len(ids_of(text)) / len(text.split()) for text in texts("writer-sentences"))
