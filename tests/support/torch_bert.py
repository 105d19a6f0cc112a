"""The reference that the network is held against: the same weights under torch and transformers.

Interventions are hooks here, as one writes them in torch; effects are those of
``grader.importance``.
"""

from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from transformers import AttentionInterface, AutoModel, AutoTokenizer
from transformers.masking_utils import AttentionMaskInterface, eager_mask

from grader.qa.adapter import load_tuned


class TorchBert:
    """transformers' own network and tokenizer of a folder."""

    def __init__(self, folder: Path):
        self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.network = AutoModel.from_pretrained(
            folder, attn_implementation="eager", dtype=torch.float32, local_files_only=True
        ).eval()
        self.n_heads = self.network.config.num_attention_heads

    def ids(self, text, pair=None) -> list[int]:
        return self.tokenizer(text, pair, verbose=False)["input_ids"]

    @torch.inference_mode()
    def run(self, text, pair=None):
        encoding = self.tokenizer(text, pair, return_tensors="pt", verbose=False)
        return self.network(**encoding, output_attentions=True, output_hidden_states=True)

    @torch.inference_mode()
    def inner(self, text, pair=None) -> dict[str, np.ndarray]:
        """Queries, keys, values and value norms, by the layers' own linear maps."""
        states = self.run(text, pair).hidden_states
        found = {"queries": [], "keys": [], "values": [], "value_norms": []}
        for layer, state in zip(self.network.encoder.layer, states, strict=False):
            attention = layer.attention
            maps = (attention.self.query, attention.self.key, attention.self.value)
            parts = [one(state[0]).unflatten(-1, (self.n_heads, -1)) for one in maps]
            mixes = attention.output.dense.weight.unflatten(-1, (self.n_heads, -1))
            norms = torch.einsum("khd,ohd->hko", parts[2], mixes).norm(dim=-1)
            parts = [*(part.transpose(0, 1) for part in parts), norms]
            for name, part in zip(found, parts, strict=True):
                found[name].append(part.numpy())
        return {name: np.stack(parts) for name, parts in found.items()}

    @torch.inference_mode()
    def outputs(self, ids) -> torch.Tensor:
        return self.network(input_ids=torch.tensor(ids)[None]).last_hidden_state[0]

    def sentence(self, ids) -> torch.Tensor:
        return torch.nn.functional.normalize(self.outputs(ids).mean(dim=0), dim=-1)

    def leave_one_out(self, text) -> np.ndarray:
        ids = self.ids(text)
        whole = self.sentence(ids)
        left = [self.sentence(ids[:at] + ids[at + 1 :]) for at in range(1, len(ids) - 1)]
        return np.array([float(1 - whole @ one) for one in left])

    def silence_head(self, text, head) -> float:
        def silence(module, arguments):
            mixed = arguments[0].unflatten(-1, (self.n_heads, -1)).clone()
            mixed[:, :, head.head] = 0
            return (mixed.flatten(-2), *arguments[1:])

        whole = self.sentence(self.ids(text))
        dense = self.network.encoder.layer[head.layer].attention.output.dense
        hook = dense.register_forward_pre_hook(silence)
        try:
            return float(1 - self.sentence(self.ids(text)) @ whole)
        finally:
            hook.remove()

    def cut_edge(self, text, head, query, key) -> np.ndarray:
        def cut(weights):
            weights[:, head.head, query, key] = 0
            weights[:, head.head, query] /= weights[:, head.head, query].sum(-1, keepdim=True)

        before, after = self._before_and_after(text, head.layer, cut)
        return (1 - torch.nn.functional.cosine_similarity(before, after, dim=-1)).numpy()

    def level_row(self, text, layer, query) -> np.ndarray:
        def level(weights):
            weights[:, :, query] = 1 / weights.shape[-1]

        before, after = self._before_and_after(text, layer, level)
        return (before - after).abs().amax(dim=-1).numpy()

    def _before_and_after(self, text, layer, edit):
        ids = self.ids(text)
        before = self.outputs(ids)
        with self._edited(layer, edit):
            return before, self.outputs(ids)

    @contextmanager
    def _edited(self, layer, edit):
        """Let `edit` change a layer's weights, text head query key, before they are used."""
        attention = self.network.encoder.layer[layer].attention.self

        def again(module, arguments, keywords, output):
            states = arguments[0] if arguments else keywords["hidden_states"]
            weights = output[1].clone()
            edit(weights)
            values = module.value(states).unflatten(-1, (self.n_heads, -1))
            return torch.einsum("bhqk,bkhd->bqhd", weights, values).flatten(-2), weights

        hook = attention.register_forward_hook(again, with_kwargs=True)
        try:
            yield
        finally:
            hook.remove()


class TorchReader:
    """minilm-qa under torch, with its tokenizer."""

    def __init__(self, base: Path, path: Path):
        self.tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
        self.network = load_tuned(base, path)

    @torch.inference_mode()
    def span_logits(self, question, context, queries=(), keys=(), layers=()) -> np.ndarray:
        """Start and end logits, with minus infinity for the scores of some edges."""
        encoding = self.tokenizer(question, context, return_tensors="pt")

        def cutting(module, query, key, value, attention_mask, scaling=None, **_):
            scores = torch.matmul(query, key.transpose(2, 3)) * query.size(-1) ** -0.5
            if module.layer_idx in layers:
                rows, columns = torch.meshgrid(
                    torch.tensor(queries), torch.tensor(keys), indexing="ij"
                )
                scores[:, :, rows, columns] = float("-inf")
            pattern = torch.nn.functional.softmax(scores, dim=-1)
            return torch.matmul(pattern, value).transpose(1, 2).contiguous(), pattern

        AttentionInterface.register("cutting", cutting)
        AttentionMaskInterface.register("cutting", eager_mask)
        self.network.set_attn_implementation("cutting")
        output = self.network(**encoding)
        return torch.cat([output.start_logits, output.end_logits]).numpy()
