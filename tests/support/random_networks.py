"""Random BERT, RoBERTa and Llama folders of several sizes, and texts of every kind for them."""

import random
from pathlib import Path

SIZES = {"small": (1, 2, 8, 12), "middle": (3, 4, 32, 48), "large": (5, 6, 96, 200)}
"""Name -> layers, heads, width, inner width."""
LLAMAS = {"small": (1, 2, 1, 8, 12), "middle": (3, 4, 2, 32, 48), "large": (5, 9, 3, 72, 100)}
"""Name -> layers, heads, heads of keys and values, width, inner width."""
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
    from tokenizers import processors
    from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaModel

    layers, heads, width, inner = SIZES[size]
    tokenizer = _bytewise(["<s>", "<pad>", "</s>", "<unk>"])
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


def save_llama(folder: Path, size: str, **settings) -> Path:
    """Save a random Llama with a byte-level tokenizer; the same each time.

    Args:
        folder: where to.
        size: a name in `LLAMAS`.
        settings: more of ``LlamaConfig``.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    layers, heads, kept, width, inner = LLAMAS[size]
    tokenizer = _bytewise(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>").save_pretrained(
        folder
    )
    torch.manual_seed(layers)
    about = {
        "vocab_size": tokenizer.get_vocab_size(),
        "hidden_size": width,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kept,
        "intermediate_size": inner,
        "max_position_embeddings": POSITIONS,
        "initializer_range": 0.2,  # heads look somewhere, and noise of float32 stays small
        "bos_token_id": 1,
        "eos_token_id": 2,
    }
    LlamaForCausalLM(LlamaConfig(**about | settings)).save_pretrained(folder)
    return folder


def _bytewise(special: list[str]):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([" ".join(WORDS)] * 3, trainer)
    return tokenizer


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
