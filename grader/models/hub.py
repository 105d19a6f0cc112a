"""Models of any other shape, run by transformers: the one home of torch and transformers.

They come with the extra ``hub``. Such a model shows its attention, and one that looks back what it
writes, and nothing else: what it works out inside has other names in every architecture. Of an
encoder-decoder it is the encoder's.
"""

import inspect
import warnings
from collections.abc import Generator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from grader.errors import ModelError, TextError
from grader.extras import install
from grader.network import Edit, Tokens
from grader.network.llama import Next
from grader.network.text_reader import TextReader

LONGEST = 1024
"""Tokens, of a model that does not say how many it reads."""
UNBOUNDED = 1 << 20
"""What a model says beyond this is how transformers writes "no limit"."""
PROBE = "one two three four"
"""Read once when a model is loaded: what has no picture is known before anything is asked of it."""
AWAY = 1e-4
"""How far a row may sum from 1."""
EAGER = {"attn_implementation": "eager"}
"""The default, sdpa, never forms the weights and returns an empty tuple instead."""


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
        self.name, self.folder = name, folder
        self.tokenizer = _loaded(AutoTokenizer, folder, name)
        if not self.tokenizer.is_fast:
            raise ModelError(
                f"the tokenizer of {name} does not tell where in the text each token stands (it "
                "has no tokenizer.json); choose a model that comes with one."
            )
        self.reader = TextReader(self.tokenizer.backend_tokenizer)
        whole = _loaded(AutoModel, folder, name, dtype=torch.float32, **EAGER)
        both = getattr(whole.config, "is_encoder_decoder", False)
        self.network = (whole.get_encoder() if both else whole).eval()
        self.causal = False
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
        return self.reader.encode(text, pair)

    def attend(self, tokens: Tokens) -> Float[np.ndarray, "layer head query key"]:
        """Return every head's pattern.

        Raises:
            ModelError: the model returned no attention, or none of all tokens on all.
        """
        import torch

        given = {"input_ids": torch.tensor(tokens.ids)[None]}
        # GPT-2 and its kin would add the vocabulary's first word to every token of type 0.
        takes = inspect.signature(self.network.forward).parameters
        told = "token_type_ids" in self.tokenizer.model_input_names
        if told and "token_type_ids" in takes and not self.causal:
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

    @cached_property
    def writer(self) -> Any:
        """The model with the head on top that says which token comes next.

        Raises:
            ModelError: the folder has none.
        """
        import torch
        from transformers import AutoModelForCausalLM

        model, loading = _loaded(
            AutoModelForCausalLM,
            self.folder,
            self.name,
            dtype=torch.float32,
            output_loading_info=True,
            **EAGER,
        )
        if loading["missing_keys"]:
            raise ModelError(
                f"{self.name} has no head that says which token comes next "
                f"({min(loading['missing_keys'])} is not in its files), so it writes nothing; "
                "choose a model that was saved with it."
            )
        return model.eval()

    @property
    def ends(self) -> frozenset[int]:
        """Tokens that say that the text is over."""
        stated = self.writer.generation_config.eos_token_id
        return frozenset([] if stated is None else np.atleast_1d(stated).tolist())

    def continued(
        self, tokens: Tokens, edits: Sequence[Edit], n: int
    ) -> Generator[Next, int, None]:
        """Read `tokens`, then each token id that is sent.

        Args:
            tokens: the beginning.
            edits: none: nothing inside can be changed.
            n: how many ids may follow.

        Yields:
            what the beginning came to, then what each token sent came to.

        Raises:
            ModelError: there are edits, or the model does not write token by token.
            TextError: all together would be more tokens than the model reads.
        """
        if edits:
            self.run(tokens, edits)
        writer = self.writer
        if len(tokens) + n > self.n_positions:
            raise TextError(
                f"the text and what is to be written have {len(tokens) + n} tokens and "
                f"{self.name} reads at most {self.n_positions}; shorten it."
            )
        import torch

        ids, fresh, kept = tokens.ids, len(tokens), None
        while True:
            unread = ids if kept is None else ids[-fresh:]  # a few models keep nothing
            given = {"input_ids": torch.tensor(unread)[None]}
            if kept is not None:
                given["past_key_values"] = kept
            try:
                with torch.inference_mode(), warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of names that transformers changes
                    result = writer(**given, output_attentions=True)
            except Exception as error:  # each architecture raises its own
                raise ModelError(
                    f"{self.name} could not go on with the text ({_first_line(error)}); choose "
                    "another model that writes, such as smollm2."
                ) from error
            kept = getattr(result, "past_key_values", None)
            layers = [one for one in result.attentions or [] if one is not None]
            if not layers or any(one.shape[-2:] != (len(unread), len(ids)) for one in layers):
                raise ModelError(
                    f"{self.name} does not tell what it looks at while it writes; choose another "
                    "model that writes, such as smollm2."
                )
            pattern = torch.cat(layers)[:, :, -fresh:].float().numpy()
            token = yield Next(pattern, result.logits[0, -1].float().numpy())
            ids, fresh = np.append(ids, token), 1


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
