/** A share of 1 in per cent, with one decimal where it is small. */
export const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;
