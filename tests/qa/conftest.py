"""Small stand-ins for the data and the network."""

from pathlib import Path

import pytest

SENTENCES = {
    f"Wiki1k:wikipedia:{page}:0:{n}": f"{name} , who lives in {town} , saw `` the {thing} '' ."
    for page in range(6)
    for n, (name, town, thing) in enumerate(
        [("Ada", "Rome", "sea"), ("Ben", "Oslo", "moon"), ("Cleo", "Lima", "snow")]
    )
}
QUESTIONS = ("Who saw it?\t0", "Where?\t4 5", "What was seen?\t8 9", "Which ones?\t0 9")


@pytest.fixture
def qamr_folder(tmp_path) -> Path:
    """Eighteen sentences of six pages in QAMR's columns; the last question's answer is split."""
    folder = tmp_path / "qamr"
    folder.mkdir()
    lines = [f"{i}\t{text}" for i, text in SENTENCES.items()]
    (folder / "wiki-sentences.tsv").write_text("\n".join(lines) + "\n")
    rows = []
    for i in SENTENCES:
        for number, asked in enumerate(QUESTIONS):
            question, answer = asked.split("\t")
            rows.append(f"{i}\t0\t7\t{number}\t0\t{question}\t{answer}\t8:{answer}\t9:")
    (folder / "dev.tsv").write_text("\n".join(rows[:30]) + "\n")
    (folder / "test.tsv").write_text("\n".join(rows[30:]) + "\n")
    return folder


@pytest.fixture
def tiny_network():
    """A random span-finding BERT of 2 layers and 2 heads on 32 token ids."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=32,
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=16,
        initializer_range=0.5,
        attn_implementation="eager",
    )
    return BertForQuestionAnswering(config).eval()


@pytest.fixture
def tokens():
    """Ids of one row of nine tokens, of which the last five are the context."""
    import torch

    ids = torch.tensor([[2, 5, 6, 3, 7, 8, 9, 10, 3]])
    return {"input_ids": ids, "token_type_ids": torch.tensor([[0] * 4 + [1] * 5])}
