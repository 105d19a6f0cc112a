"""A random BERT of 2 layers, 2 heads and 16 positions, saved with its tokenizer."""

from pathlib import Path

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def save_tiny_bert(folder: Path, pieces: str, **settings) -> Path:
    """Save a model that knows the word `pieces`; the same each time. Returns the folder.

    Args:
        folder: where to.
        pieces: with spaces between them.
        settings: more of ``BertConfig``.
    """
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    vocabulary = [*SPECIAL, *pieces.split()]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=16,
        **settings,
    )
    BertModel(config).save_pretrained(folder)
    return folder
