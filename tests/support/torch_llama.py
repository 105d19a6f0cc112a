"""The reference that a Llama is held against: the same weights under torch and transformers.

Edits are done here as one does them in torch: masks that are added to the scores of a layer,
factors on its weights, and a hook that sets a head's output to zero.
"""

from pathlib import Path

import numpy as np
import torch
from transformers import AttentionInterface, AutoModelForCausalLM, AutoTokenizer
from transformers.masking_utils import AttentionMaskInterface, eager_mask


def _edited(module, query, key, value, mask, scaling, **_):
    shared = module.num_key_value_groups
    key, value = (x.repeat_interleave(shared, dim=1) for x in (key, value))
    scores = query @ key.transpose(-1, -2) * scaling + mask
    weights = (scores + module.added).softmax(dim=-1) * module.factor
    return (weights @ value).transpose(1, 2).contiguous(), weights


AttentionInterface.register("edited", _edited)
AttentionMaskInterface.register("edited", eager_mask)


class TorchLlama:
    """transformers' own network and tokenizer of a folder."""

    def __init__(self, folder: Path):
        self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.network = AutoModelForCausalLM.from_pretrained(
            folder, attn_implementation="edited", dtype=torch.float32, local_files_only=True
        ).eval()
        self.layers = [layer.self_attn for layer in self.network.model.layers]
        self.head_size = self.layers[0].head_dim
        self.forget()

    def forget(self) -> None:
        """Undo all edits."""
        for layer in self.layers:
            layer.added, layer.factor = torch.tensor(0.0), torch.tensor(1.0)
            layer.o_proj._forward_pre_hooks.clear()

    def silence(self, layer: int, head: int) -> None:
        part = slice(head * self.head_size, (head + 1) * self.head_size)

        def hook(_, inputs):
            (mixed,) = inputs
            mixed = mixed.clone()
            mixed[..., part] = 0
            return (mixed,)

        self.layers[layer].o_proj.register_forward_pre_hook(hook)

    def ids(self, text: str) -> list[int]:
        return self.tokenizer(text, verbose=False)["input_ids"]

    @torch.inference_mode()
    def run(self, ids):
        """Returns patterns, residuals (transformers normalises the last), logits."""
        out = self.network(
            torch.tensor(ids)[None],
            output_attentions=True,
            output_hidden_states=True,
            use_cache=False,
        )
        return (
            torch.cat(out.attentions).numpy(),
            torch.cat(out.hidden_states).numpy(),
            out.logits[0].numpy(),
        )

    @torch.inference_mode()
    def written(self, ids, n: int) -> list[int]:
        """The greedy continuation, the first of equals."""
        written, past, new = [], None, list(ids)
        while len(written) < n:
            out = self.network(torch.tensor([new]), past_key_values=past, use_cache=True)
            past = out.past_key_values
            new = [int(np.argmax(out.logits[0, -1].numpy()))]
            written += new
            if new[0] == self.network.config.eos_token_id:
                break
        return written
