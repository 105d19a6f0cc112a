// The engine's parts, for a view whose script comes after it.

export const { Bar, Figure, Keys, Roving, StillError, html, inflate, load, nameOf, remember, svg, within } = window.SeeingAttention.shared;
