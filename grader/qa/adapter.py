"""The adapter: low-rank changes of a model's weights, trained beside them and added into them.

A change of a matrix W is ``SCALE * B @ A``, with A and B of rank 16. While training, each adapted
layer computes W x and the change apart, and only A, B and the span head learn; for use the change
is added into W, and an ordinary network is left.
"""

import math
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertForQuestionAnswering, BertModel

from grader.models.known import MINILM_QA
from grader.network.folder import LORA_SCALE as SCALE

RANK = 16
HEAD = ("qa_outputs.weight", "qa_outputs.bias")


class AdaptedLinear(nn.Module):
    """A frozen linear layer with a low-rank change beside it."""

    def __init__(self, linear: nn.Linear):
        super().__init__()
        self.linear = linear
        self.A = nn.Parameter(torch.randn(RANK, linear.in_features) / math.sqrt(linear.in_features))
        # B starts at zero: the first step departs from the model as it was.
        self.B = nn.Parameter(torch.zeros(linear.out_features, RANK))

    def forward(self, x: Tensor) -> Tensor:
        """Return W x + SCALE * B A x."""
        change = functional.linear(SCALE * functional.linear(x, self.A), self.B)
        return self.linear(x) + change


def build_network(base: Path) -> BertForQuestionAnswering:
    """Return the base model in `base` under an untrained span head, without dropout."""
    # A run is too short to overfit, and drawing dropout's noise took a third of the time.
    config = BertConfig.from_pretrained(
        base, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    # sdpa shows no attention; on a CPU it also trains slower.
    config._attn_implementation = "eager"
    network = BertForQuestionAnswering(config)
    network.bert = BertModel.from_pretrained(
        base,
        config=config,
        attn_implementation="eager",
        dtype=torch.float32,
        local_files_only=True,
        add_pooling_layer=False,
    )
    return network.eval()


def attach(network: BertForQuestionAnswering) -> list[nn.Parameter]:
    """Put a change beside every linear layer of the encoder; return all that learns."""
    network.requires_grad_(False)
    for module in list(network.bert.encoder.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear):
                setattr(module, name, AdaptedLinear(child))
    network.qa_outputs.requires_grad_(True)
    return [parameter for parameter in network.parameters() if parameter.requires_grad]


def save(network: BertForQuestionAnswering, path: Path) -> None:
    """Write the changes and the span head of an adapted network in half precision."""
    learned = {n: p for n, p in network.named_parameters() if n.endswith((".A", ".B", *HEAD))}
    save_file({n: p.detach().half().contiguous() for n, p in learned.items()}, path)


def load_tuned(base: Path, path: Path = MINILM_QA.adapter) -> BertForQuestionAnswering:
    """Return minilm-qa as transformers runs it: the adapter's changes added into the weights.

    Args:
        base: the folder of the base model.
        path: the adapter.
    """
    network, adapter = build_network(base), load_file(path)
    with torch.no_grad():
        for name in (n.removesuffix(".A") for n in adapter if n.endswith(".A")):
            change = adapter[f"{name}.B"].float() @ adapter[f"{name}.A"].float()
            network.get_submodule(name).weight += SCALE * change
    network.load_state_dict({name: adapter[name].float() for name in HEAD}, strict=False)
    return network
