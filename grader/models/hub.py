"""Models of any other shape, run by transformers: the one home of torch and transformers.

They come with the extra ``hub``. Such a model shows its attention and nothing else: what it works
out inside has other names in every architecture. Of an encoder-decoder it is the encoder's.
"""

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from grader.errors import ModelError
from grader.extras import install
from grader.network import Tokens

LONGEST = 1024
"""Tokens, of a model that does not say how many it reads."""
UNBOUNDED = 1 << 20
"""What a model says beyond this is how transformers writes "no limit"."""
PROBE = "one two three four"
"""Read once when a model is loaded: what has no picture is known before anything is asked of it."""
AWAY = 1e-4
"""How far a row may sum from 1."""


class HubNetwork:
    """A network and its tokenizer as transformers loads them.

    Args:
        folder: as ``save_pretrained`` writes it.
        name: what the user called it, for messages.

    Raises:
        ModelError: torch or transformers is missing, transformers cannot load it, or it has no
            attention of all tokens on all.
    """

    def __init__(self, folder: Path, name: str):
        try:
            import torch
            from transformers import AutoModel, AutoTokenizer
            from transformers.utils import logging
        except ImportError:
            raise ModelError(
                f"{name} is no BERT, RoBERTa or Llama with model.safetensors and tokenizer.json, "
                f"so transformers has to run it; install what that needs: {install('hub')}"
            ) from None
        # nbgrader gives 0 points for any stderr text, so loading may not chat.
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        self.name = name
        self.tokenizer = _loaded(AutoTokenizer, folder, name)
        if not self.tokenizer.is_fast:
            raise ModelError(
                f"the tokenizer of {name} does not tell where in the text each token stands (it "
                "has no tokenizer.json); choose a model that comes with one."
            )
        # eager: the default, sdpa, never forms the weights and returns an empty tuple instead.
        whole = _loaded(AutoModel, folder, name, attn_implementation="eager", dtype=torch.float32)
        both = getattr(whole.config, "is_encoder_decoder", False)
        self.network = (whole.get_encoder() if both else whole).eval()
        self.causal = not np.triu(self.attend(self.encode(PROBE)), 1).any()

    @property
    def n_positions(self) -> int:
        """The most tokens that the model has positions for."""
        stated = (
            getattr(self.network.config, "max_position_embeddings", None),
            self.tokenizer.model_max_length,
        )
        known = [n for n in stated if isinstance(n, int) and 0 < n < UNBOUNDED]
        # RoBERTa and its kin count positions from behind the padding id.
        padding = getattr(getattr(self.network, "embeddings", None), "padding_idx", None)
        return min(known, default=LONGEST) - (0 if padding is None else padding + 1)

    def encode(self, text: str, pair: str | None = None) -> Tokens:
        """Return what the network reads of a text or of two."""
        encoding = self.tokenizer(text, pair, return_offsets_mapping=True, verbose=False)
        ids = encoding["input_ids"]
        return Tokens(
            ids=np.array(ids, dtype=np.int64),
            type_ids=np.array(encoding.get("token_type_ids", [0] * len(ids)), dtype=np.int64),
            names=tuple(self.tokenizer.convert_ids_to_tokens(ids)),
            offsets=tuple(map(tuple, encoding["offset_mapping"])),
            parts=tuple(encoding.sequence_ids(0)),
        )

    def attend(self, tokens: Tokens) -> Float[np.ndarray, "layer head query key"]:
        """Return every head's pattern.

        Raises:
            ModelError: the model returned no attention, or none of all tokens on all.
        """
        import torch

        given = {"input_ids": torch.tensor(tokens.ids)[None]}
        if "token_type_ids" in inspect.signature(self.network.forward).parameters:
            given["token_type_ids"] = torch.tensor(tokens.type_ids)[None]
        try:
            with torch.inference_mode():
                result = self.network(**given, output_attentions=True)
        except Exception as error:  # each architecture raises its own
            raise ModelError(
                f"{self.name} could not read the text ({_first_line(error)}); it may want more "
                "than tokens, or another kind of input: choose a model that reads text."
            ) from error
        return self._squares(getattr(result, "attentions", None), len(tokens))

    def _squares(self, layers: Sequence[Any] | None, n: int) -> np.ndarray:
        """Return attention as one array, of whatever a model calls so."""
        import torch

        if not layers or all(one is None for one in layers):
            raise ModelError(
                f"{self.name} returned no attention. Mamba, RWKV and FNet have none; others form "
                "it where they are loaded with attn_implementation='eager' and called with "
                "output_attentions=True."
            )
        stated = getattr(self.network.config, "num_hidden_layers", 0)
        if len(layers) < stated or any(one is None for one in layers):
            raise ModelError(
                f"only some layers of {self.name} have attention, so no picture would show all of "
                "it; choose a model whose layers are all of one kind."
            )
        shapes = {tuple(getattr(one, "shape", ())) for one in layers}
        if len(shapes) > 1 or any(len(s) != 4 or (s[0], *s[2:]) != (1, n, n) for s in shapes):
            raise ModelError(
                f"{self.name} does not let every token look at every other in one square for each "
                f"head (of {n} tokens its layers give {', '.join(map(str, sorted(shapes)))}): it "
                "reads in windows or in blocks, or makes the text shorter on its way. Choose a "
                "model with full attention."
            )
        weights = torch.cat(list(layers)).float().numpy()
        away = np.abs(weights.sum(axis=-1) - 1).max()
        if not (away <= AWAY or self.network.training):
            raise ModelError(
                f"what {self.name} calls attention are no shares of 1 (a row is {away:.2g} off): "
                "a learned sink takes the rest, as in GPT-OSS, or softmax has not been taken yet, "
                "as in SqueezeBERT. All views here show shares; choose a model that returns them."
            )
        return weights

    def run(self, tokens: Tokens, edits=()) -> None:
        """Refuse: only what is built like BERT, RoBERTa or Llama tells what it works out inside.

        Raises:
            ModelError: always.
        """
        raise ModelError(
            f"{self.name} is not built like BERT or Llama, so what it works out inside cannot be "
            "read; use minilm, or smollm2 for one that writes."
        )

    def continued(self, tokens: Tokens, edits, n: int) -> None:
        """Refuse, as `run`: what it would write is not asked for either."""
        self.run(tokens, edits)


def _loaded(auto: Any, folder: Path, name: str, **how: Any) -> Any:
    """Return what transformers makes of a folder; code that lies in it is never run."""
    try:
        return auto.from_pretrained(folder, local_files_only=True, trust_remote_code=False, **how)
    except Exception as error:  # whatever a file in it makes transformers raise
        if "trust_remote_code" in str(error):
            raise ModelError(
                f"{name} brings Python code of its own, which is never run here; choose a model "
                "whose architecture transformers has itself."
            ) from error
        raise ModelError(
            f"{folder} cannot be loaded by transformers ({_first_line(error)}); name a folder that "
            "save_pretrained wrote, with its tokenizer."
        ) from error


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:160]
