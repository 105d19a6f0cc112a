"""Models of any other shape, run by transformers: the one home of torch and transformers.

They come with the extra ``hub``. Such a model shows its attention and nothing else: what it works
out inside has other names in every architecture.
"""

from pathlib import Path

import numpy as np
from jaxtyping import Float

from grader.errors import GraderError, ModelError
from grader.extras import install
from grader.network import Tokens


class HubNetwork:
    """A network and its tokenizer as transformers loads them.

    Args:
        folder: as ``save_pretrained`` writes it.
        name: what the user called it, for messages.

    Raises:
        ModelError: torch or transformers is missing, or transformers cannot load it.
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
        self.causal = False
        try:
            self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            # eager: the default, sdpa, never forms the weights and returns an empty tuple instead.
            self.network = AutoModel.from_pretrained(
                folder, attn_implementation="eager", dtype=torch.float32, local_files_only=True
            ).eval()
        except (OSError, ValueError) as error:
            raise ModelError(
                f"{folder} cannot be loaded by transformers "
                f"({str(error).splitlines()[0][:160]}); name a folder that save_pretrained wrote, "
                "with its tokenizer."
            ) from error

    @property
    def n_positions(self) -> int:
        """The most tokens that the model has positions for."""
        config = self.network.config
        # RoBERTa's position ids start after the padding id.
        taken = (config.pad_token_id or 0) + 1 if "roberta" in config.model_type else 0
        return config.max_position_embeddings - taken

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
            GraderError: the model returned no attention.
        """
        import torch

        given = {"input_ids": torch.tensor(tokens.ids)[None]}
        if "token_type_ids" in self.tokenizer.model_input_names:
            given["token_type_ids"] = torch.tensor(tokens.type_ids)[None]
        with torch.inference_mode():
            attentions = self.network(**given, output_attentions=True).attentions
        if not attentions:
            raise GraderError(
                f"{self.name} returned no attention; load it with attn_implementation='eager', "
                "and call it with output_attentions=True."
            )
        return torch.cat(attentions).numpy()

    def run(self, tokens: Tokens, edits=()) -> None:
        """Refuse: only what is built like BERT, RoBERTa or Llama tells what it works out inside.

        Raises:
            ModelError: always.
        """
        raise ModelError(
            f"{self.name} is not built like BERT or Llama, so what it works out inside cannot be "
            "read; use minilm, or smollm2 for one that writes."
        )
