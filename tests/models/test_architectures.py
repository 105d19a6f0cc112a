"""Of every architecture either its attention or one sentence, never a traceback.

Each is tiny and random, saved as ``save_pretrained`` does, with one tokenizer for all.
"""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from attention_views.ledgers import read_ledger
from attention_views.problems import MarkError
from attention_views.views import attend, read_view
from grader.capture import capture, load_model
from grader.cli import main
from grader.errors import GraderError, ModelError
from grader.generation import generate

LESSONS = Path(__file__).parents[2] / "lessons"
TEXT = "the cat sat on the mat."
TREEBANK = """\
# text = the cat sat on the mat.
1\tthe\tthe\tDET\t_\t_\t2\tdet\t_\t_
2\tcat\tcat\tNOUN\t_\t_\t3\tnsubj\t_\t_
3\tsat\tsit\tVERB\t_\t_\t0\troot\t_\t_
4\ton\ton\tADP\t_\t_\t6\tcase\t_\t_
5\tthe\tthe\tDET\t_\t_\t6\tdet\t_\t_
6\tmat\tmat\tNOUN\t_\t_\t3\tobl\t_\tSpaceAfter=No
7\t.\t.\tPUNCT\t_\t_\t3\tpunct\t_\t_

"""


def named(size: int, names: str) -> dict[str, int]:
    """Architectures call one thing by many names; of those that one has not nobody asks."""
    return dict.fromkeys(names.split(), size)


SMALL = named(16, "hidden_size d_model n_embd dim embed_dim embedding_size emb_dim")
SMALL |= named(16, "word_embed_proj_dim")
SMALL |= named(2, "num_hidden_layers n_layers n_layer num_layers encoder_layers decoder_layers")
SMALL |= named(2, "num_encoder_layers num_decoder_layers num_key_value_heads")
SMALL |= named(2, "num_attention_heads n_heads n_head num_heads encoder_attention_heads")
SMALL |= named(2, "decoder_attention_heads num_encoder_attention_heads num_decoder_attention_heads")
SMALL |= named(32, "intermediate_size d_ff hidden_dim n_inner ffn_dim encoder_ffn_dim d_inner")
SMALL |= named(32, "decoder_ffn_dim")
SMALL |= {"head_dim": 8, "d_kv": 8, "max_position_embeddings": 64, "n_positions": 64}
SMALL |= {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}

ENCODERS = {
    "albert": {},
    "bert": {"position_embedding_type": "relative_key"},
    "big_bird": {"block_size": 4, "attention_type": "original_full"},
    "camembert": {},
    "convbert": {"head_ratio": 1},
    "deberta": {},
    "deberta-v2": {},
    "distilbert": {},
    "electra": {},
    "ernie": {},
    "esm": {"mask_token_id": 4},
    "ibert": {},
    "megatron-bert": {},
    "modernbert": {},
    "mpnet": {},
    "nystromformer": {},
    "rembert": {"input_embedding_size": 16, "output_embedding_size": 16},
    "roformer": {},
    "xlm": {},
    "xlm-roberta": {},
    "xlnet": {"d_head": 8, "num_hidden_layers": None, "max_position_embeddings": None},
}
DECODERS = {
    "biogpt": {},
    "bloom": {},
    "codegen": {"rotary_dim": 4, "n_head": 4, "num_attention_heads": 4},
    "cohere": {},
    "ctrl": {"dff": 32},
    "falcon": {"head_dim": None},
    "gemma": {},
    "gemma2": {},
    "gpt2": {},
    "gpt_bigcode": {},
    "gpt_neo": {"attention_types": [[["global", "local"], 1]]},
    "gpt_neox": {},
    "gptj": {"rotary_dim": 4},
    "mistral": {},
    "mpt": {},
    "olmo": {},
    "openai-gpt": {},
    "opt": {},
    "phi": {},
    "qwen2": {},
    "qwen3": {},
    "stablelm": {},
    "starcoder2": {},
    "xglm": {},
}
OF_TWO_PARTS = {
    "bart": {},
    "blenderbot": {},
    "m2m_100": {},
    "marian": {"decoder_start_token_id": 0},
    "mbart": {},
    "mt5": {},
    "pegasus": {},
    "t5": {},
    "umt5": {},
}
CUT_OTHERWISE = "qwen2"
"""transformers gives it a tokenizer of its own, which has none of these words."""
REFUSED = {
    "canine": ({"local_attention_window": 4}, "tokenizer|square|text"),
    "fnet": ({}, "Mamba, RWKV and FNet have none"),
    "funnel": (
        {"block_sizes": [1, 1], "num_hidden_layers": None, "architectures": ["FunnelModel"]},
        "in one square",
    ),
    "gpt_oss": ({"num_local_experts": 2, "num_experts_per_tok": 1}, "a learned sink"),
    "led": ({"attention_window": 4}, "in one square"),
    "longformer": ({"attention_window": 4}, "in one square"),
    "longt5": ({"local_radius": 3}, "in one square"),
    "mamba": ({"state_size": 4}, "Mamba, RWKV and FNet have none"),
    "rwkv": ({"attention_hidden_size": 16}, "in one square"),
    "jamba": (
        {
            "num_experts": 2,
            "use_mamba_kernels": False,
            "attn_layer_period": 2,
            "attn_layer_offset": 1,
        },
        "some layers",
    ),
    "squeezebert": ({}, "softmax has not been taken yet"),
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """saved(architecture, sizes) -> a folder with a random model of it."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, PreTrainedTokenizerFast

    words = ["<pad>", "<unk>", "<s>", "</s>", "<mask>", "the", "cat", "sat", "on", "mat", "."]
    reads = Tokenizer(models.WordLevel(dict(zip(words, range(11), strict=True)), "<unk>"))
    reads.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    reads.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=[("<s>", 2), ("</s>", 3)]
    )

    def saved(architecture, sizes):
        folder = tmp_path_factory.mktemp(architecture)
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=reads, pad_token="<pad>", unk_token="<unk>"
        )
        tokenizer.save_pretrained(folder)
        torch.manual_seed(0)
        sizes = {name: size for name, size in (SMALL | sizes).items() if size is not None}
        config = AutoConfig.for_model(architecture, vocab_size=11, **sizes)
        auto = AutoModelForCausalLM if architecture in DECODERS else AutoModel
        auto.from_config(config).eval().save_pretrained(folder)
        return str(folder)

    return saved


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_about_models_names_each_of_them(language):
    page = (LESSONS / language / "models.md").read_text(encoding="utf-8")
    plain = page.lower().replace("-", "")
    for architecture in ENCODERS | DECODERS | OF_TWO_PARTS | REFUSED:
        assert architecture.replace("-", "").replace("_", "") in plain, architecture


@pytest.fixture
def study(tmp_path, capsys):
    """study(folder) -> exit code and what is said, of a treebank of one sentence."""
    bank = tmp_path / "small.conllu"
    bank.write_text(TREEBANK, encoding="utf-8")

    def study(folder):
        files = ["--select", str(bank), "--report", str(bank), "--out", str(tmp_path / "out")]
        code = main(["study", *files, "--model", folder, "--least", "1"])
        return code, capsys.readouterr().err

    return study


def figure(folder):
    """Return what a figure of a lesson would show."""
    fence = f"view: head\ntext: {TEXT}\nmodel: {folder}\nlayer: 0\nheads: [0]\ncaption: A head"
    spec = read_view(fence, read_ledger(LESSONS / "claims.toml", capture))
    return attend(spec, lambda text, pair, model: capture(text, pair, model=model, cache=None))


def capture_of(folder):
    return capture(TEXT, model=folder, cache=None)


def generate_by(folder):
    return generate("the cat", 2, model=folder)


@pytest.mark.long
@pytest.mark.parametrize("architecture", ENCODERS | DECODERS | OF_TWO_PARTS)
def test_it_is_shown(saved, study, architecture):
    folder = saved(architecture, (ENCODERS | DECODERS | OF_TWO_PARTS)[architecture])
    seen = capture_of(folder)
    assert seen.n_layers == 2
    assert 3 <= seen.n_tokens <= 9  # some architectures cut words in a way of their own
    assert seen.causal == (architecture in DECODERS)
    assert np.abs(seen.weights.sum(axis=-1) - 1).max() < 1e-3
    assert figure(folder).tokens == seen.tokens
    code, err = study(folder)
    assert code == 0 or (architecture == CUT_OTHERWISE and "has no arc" in err)
    if architecture in DECODERS:
        made = generate_by(folder)
        assert made.n_written == 2 or made.ended
        assert np.abs(made.row(made.n_written - 1).sum(axis=-1) - 1).max() < 1e-3
        return
    with pytest.raises(ModelError, match="writes nothing"):
        generate_by(folder)


@pytest.mark.long
@pytest.mark.parametrize("architecture", REFUSED)
def test_what_has_no_such_picture_gets_a_sentence_wherever_it_is_asked_for(
    saved, study, architecture
):
    sizes, said = REFUSED[architecture]
    folder = saved(architecture, sizes)
    for ask in (capture_of, figure, generate_by):
        with pytest.raises((ModelError, MarkError), match=said) as told:
            ask(folder)
        assert "\n" not in str(told.value)
    code, err = study(folder)
    assert code == 2
    assert re.search(said, err)
    assert "Traceback" not in err


@pytest.mark.long
def test_code_that_comes_with_a_model_is_never_run_and_nobody_is_asked(saved, tmp_path):
    folder = Path(saved("gpt2", {}))
    about = json.loads((folder / "config.json").read_text())
    about |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Own", "AutoModel": "own.Own"}}
    (folder / "config.json").write_text(json.dumps(about))
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Own: pass\n")
    with pytest.raises(GraderError, match="Python code of its own, which is never run"):
        load_model(str(folder))
    assert not (tmp_path / "ran").exists()
