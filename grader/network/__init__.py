"""The network that is looked into, in numpy: tokens in, everything it works out on its way out.

    from grader.network import load_network

    network = load_network(folder)
    trace = network.run(network.encode("The cat sat."))
    trace.pattern[5, 11]                    # what head L5H11 looks at
    network.run(tokens, [ZeroHead(HeadId(5, 11))]).residuals[-1]    # and what changes without it

================  ==============================================================
``folder``        a model's folder becomes a network: its config, its kind
``weight_file``   a safetensors file, read by memory map
``text_reader``   a text becomes token ids, and each token knows where it stands
``bert``          the forward pass of BERT and RoBERTa, which read a whole text at once
``llama``         the forward pass of Llama, which reads one way and writes on
``arithmetic``    what both reckon with
``edits``         interventions as values: silence a head, cut an edge, ...
``trace``         what a forward pass worked out, by name
``gguf``          llama.cpp's file of a whole model: its facts and tensors
``from_gguf``     such a file becomes a folder
================  ==============================================================

numpy, tokenizers and nothing of torch. Layers and heads count from 0; axes stand in the order
layer, head, query, key. The names are those of TransformerLens: any activation is a field.
"""

from grader.network.edits import BlindToken, CutEdges, Edit, LeaveOut, LevelRow, ZeroHead
from grader.network.folder import is_readable, load_network
from grader.network.text_reader import Tokens
from grader.network.trace import Trace

__all__ = [
    "BlindToken",
    "CutEdges",
    "Edit",
    "LeaveOut",
    "LevelRow",
    "Tokens",
    "Trace",
    "ZeroHead",
    "is_readable",
    "load_network",
]
