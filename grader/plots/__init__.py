"""Pictures of attention inside a notebook: one row, one map, the grid of all heads.

- ``views``: what is drawn. ``figure``: the figure it is drawn in, measured in inches.
- ``heatmap``: a map of numbers, each a cell of one colour. ``labels``: many short texts at once.

matplotlib is loaded when something is drawn, not before.
"""

from grader.plots.views import plot_grid, plot_heads, plot_pattern, plot_row

__all__ = ["plot_grid", "plot_heads", "plot_pattern", "plot_row"]
