// The line under the controls: what the highlighted thing is, in words and numbers.
// "L5H11: it → cat 0.71". Numbers stand only where the data are exact enough to print them.

const SHOWN = 3;
const LEAST = 0.005; // weaker ones would read 0.00

/** The sentence for what is pointed at, or "" where nothing is. */
export function liveLine(attention, state, { query, key }, view, words) {
  const { layer, heads } = state;
  const name = (head) => `L${layer}H${head}`;
  const one = (head, q, k) => {
    const weight = attention.weight(layer, head, q, k);
    const score = view === "neuron" && query != null && key != null && attention.score(layer, head, q, k).toFixed(2);
    return `${attention.tokens[q]} → ${attention.tokens[k]}${attention.exact ? ` ${weight.toFixed(2)}` : ""}${score ? ` (${words.score} ${score})` : ""}`;
  };
  if (view === "model" && !state.open) return query == null && key == null ? "" : name(heads[0]);
  if (query != null && key != null)
    return heads.slice(0, 4).map((head) => `${name(head)}: ${one(head, query, key)}`).join("  ·  ");
  if (query == null && key == null) return view === "model" ? name(heads[0]) : "";
  const { queries, keys } = attention.parts[state.part];
  const pairs = [];
  for (const head of heads)
    if (query != null) for (let k = keys[0]; k < keys[1]; k++) pairs.push([head, query, k]);
    else for (let q = queries[0]; q < queries[1]; q++) pairs.push([head, q, key]);
  const strength = ([head, q, k]) => attention.weight(layer, head, q, k);
  const strongest = pairs
    .sort((a, b) => strength(b) - strength(a))
    .filter((pair, place) => place === 0 || (place < SHOWN && strength(pair) >= LEAST));
  if (heads.length > 1) return strongest.map((pair) => `${name(pair[0])}: ${one(...pair)}`).join("  ·  ");
  const rest = strongest.map((pair) => one(...pair));
  return `${name(heads[0])}: ${rest.join("  ·  ")}`;
}
