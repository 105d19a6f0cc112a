# about = """
# Full marks another way: numbers read off and typed with three decimals, a head that survives
# in B, the array taken straight from transformers."""
# variant = 0
# [points]
# array = 1
# means = 2
# clear_head = 3
# verb_head = 1
# noun_head = 1
# own_sentences = 1.5
# claim = 0.5

# %% grade_id="array"
import torch
from transformers import AutoModel, AutoTokenizer

from grader.models import find_model

folder = find_model("minilm").path
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModel.from_pretrained(folder, attn_implementation="eager")
with torch.no_grad():
    output = model(**tokenizer(session.sentence, return_tensors="pt"), output_attentions=True)
attention = torch.stack(output.attentions)[:, 0]

# %% grade_id="look"
look = HeadId(layer=5, head=8)

# %% grade_id="means"
means_answer = {
    "mean_subject": 0.038,
    "mean_noun": 0.086,
    "most_heads_noun": True,
    "larger": "noun",
}

# %% grade_id="clear_head"
clear_head_answer = {
    "layer": 5,
    "head": 8,
    "noun": 0.317,
    "subject": 0.089,
    "survives": True,
    "noun_control": 0.250,
    "subject_control": 0.037,
}

# %% grade_id="verb_head"
verb_head_answer = {"layer": 1, "head": 2, "verb": 0.686, "noun": 0.031}

# %% grade_id="noun_head"
noun_head_answer = {"layer": 5, "head": 8, "verb": 0.074, "noun": 0.317}

# %% grade_id="own_sentences"
own_sentences_answer = {
    "layer": 5,
    "head": 8,
    "first": {
        "text": "She saw the boy with her own binoculars.",
        "words": ["saw", "boy"],
        "weights": [0.086, 0.194],
    },
    "second": {
        "text": "She saw the boy with the red scarf.",
        "words": ["saw", "boy"],
        "weights": [0.096, 0.202],
    },
    "sides": "same side",
}

# %% grade_id="claim"
claim_answer = "does_not_tell"

# %% [markdown] grade_id="friend"
# 光凭这句话没法知道望远镜在谁手里。平均来看 *with* 给 *man* 的权重是 .086，给 *I* 的是 .038；
# 可是在“用她自己的望远镜”那一句里，L5H8 照样偏向 *boy*，可见这是它的习惯。
# 我原来觉得望远镜在我手里，那是我自己的想象。
