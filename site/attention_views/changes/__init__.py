"""What becomes other in bertviz's sources: one module for each file, and nothing but data.

Cuts are made before changes, and both in the order in which they stand: a change may look for what
an earlier one wrote.
"""

from attention_views.changes import head_view, model_view, neuron_view
from attention_views.changes.change import Change, Cut

__all__ = ["CHANGES", "CUTS", "Change", "Cut"]

CHANGES = {
    "head_view.js": head_view.CHANGES,
    "model_view.js": model_view.CHANGES,
    "neuron_view.js": neuron_view.CHANGES,
}
"""The adapted files, and what is changed in each."""

CUTS = {
    "head_view.js": head_view.CUTS,
    "model_view.js": model_view.CUTS,
    "neuron_view.js": neuron_view.CUTS,
}
"""What is left out of each file."""
