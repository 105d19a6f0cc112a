"""Random BERT and RoBERTa folders of three sizes, and texts of every kind for them."""

import random
from pathlib import Path

SIZES = {"small": (1, 2, 8, 12), "middle": (3, 4, 32, 48), "large": (5, 6, 96, 200)}
"""Name -> layers, heads, width, inner width."""
POSITIONS = 512
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SENTENCE = "the cat sat on a mat it was tired man saw with telescope bank river who why"
WORDS = SENTENCE.split()
ODD = (
    "Gaudí",
    "naïve",
    "看见注意力",
    "الانتباه",
    "🙂👍🏽",
    "ﬁne",
    "e\u0301",
    "x²",
    "\u200bzero",
    "--",
    "O'Neil",
)


def save_bert(folder: Path, size: str, activation: str = "gelu") -> Path:
    """Save a random BERT with a word-piece tokenizer; the same each time."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    layers, heads, width, inner = SIZES[size]
    letters = [chr(code) for code in range(97, 123)] + ["'", ".", "?", "-"]
    pieces = SPECIAL + WORDS + letters + [f"##{letter}" for letter in letters]
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(pieces)))
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(layers)
    config = BertConfig(
        vocab_size=len(dict.fromkeys(pieces)),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=inner,
        max_position_embeddings=POSITIONS,
        initializer_range=0.1,  # heads look somewhere, and noise of float32 stays small
        hidden_act=activation,
    )
    BertModel(config).save_pretrained(folder)
    return folder


def save_roberta(folder: Path, size: str) -> Path:
    """Save a random RoBERTa with a byte-level tokenizer; the same each time."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaModel

    layers, heads, width, inner = SIZES[size]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([" ".join(WORDS)] * 3, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>"
    ).save_pretrained(folder)
    torch.manual_seed(layers)
    config = RobertaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=inner,
        max_position_embeddings=POSITIONS + 2,
        type_vocab_size=1,
        pad_token_id=1,
        initializer_range=0.1,
    )
    RobertaModel(config).save_pretrained(folder)
    return folder


def texts(n: int, seed: int = 0, longest: int = 40) -> list[tuple[str, str | None]]:
    """Return single texts and pairs, some with letters from everywhere."""
    draw = random.Random(seed)
    drawn = []
    for _ in range(n):
        words = draw.choices(WORDS, k=draw.randint(1, longest))
        if draw.random() < 0.4:
            words[draw.randrange(len(words))] = draw.choice(ODD)
        at = draw.randint(1, len(words))
        text, rest = " ".join(words[:at]), " ".join(words[at:])
        drawn.append((text + draw.choice((".", "", "?")), rest or None))
    return drawn
