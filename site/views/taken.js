// The engine's parts, for a view whose script comes after it.

export const { Figure, Keys, Roving, StillError, html, inflate, nameOf, remember, svg, within } = window.SeeingAttention.shared;
