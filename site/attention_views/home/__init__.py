"""The ``home`` fence: what only the first page holds, drawn when the site is built.

| module | what it draws |
|---|---|
| ``hero`` | one sentence, one head's lines over it, and a switch that changes a word |
| ``wall`` | every head of the model as a small map, each a link |
| ``cards`` | the lessons as cards; ``thumbnails`` are their pictures |
| ``teaser`` | a language model's next word, step by step, from stored data |

Nothing of it waits for a script: what can be switched is switched by a checkbox or radio buttons.
"""

from attention_views.home.fence import draw_home

__all__ = ["draw_home"]
