// BERT's tokenizer: a text in, ids of word pieces out, as Python's tokenizer gives them.
//
// What is a space, punctuation or an accent is read from tables that were asked of Python's
// tokenizer (export_model.py), not from the browser's Unicode version.

const CLS = "[CLS]";
const SEP = "[SEP]";
const UNKNOWN = "[UNK]";

/** Unpack [gap, length, gap, length, ...] to a test of membership. */
function membership(ranges) {
  const starts = [];
  const ends = [];
  let end = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    starts.push(end + ranges[i]);
    end += ranges[i] + ranges[i + 1];
    ends.push(end);
  }
  return (character) => {
    const code = character.codePointAt(0);
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle] <= code) low = middle + 1;
      else high = middle;
    }
    return low < starts.length && starts[low] <= code;
  };
}

export class WordPiece {
  /** `pieces`: the vocabulary in order of id; `tables`: model.json's `tokenizer`. */
  constructor(pieces, tables) {
    this.pieces = pieces;
    this.ids = new Map(pieces.map((piece, id) => [piece, id]));
    this.special = tables.special;
    this.longest = tables.longest;
    for (const name of ["gone", "space", "apart", "punctuation"]) this[name] = membership(tables[name]);
  }

  /** One text, or two together, with the special tokens around. */
  encode(text, pair = null) {
    const tokens = [CLS, ...this.tokenize(text), SEP];
    const second = pair == null ? null : tokens.length;
    if (pair != null) tokens.push(...this.tokenize(pair), SEP);
    const types = tokens.map((_, place) => (second != null && place >= second ? 1 : 0));
    return { tokens, ids: tokens.map((token) => this.ids.get(token)), types, second };
  }

  /** The pieces of a text. A special token written in it ("[MASK]") is that token. */
  tokenize(text) {
    const tokens = [];
    let from = 0;
    for (let at = text.indexOf("["); at >= 0; at = text.indexOf("[", at)) {
      const found = this.special.find((token) => text.startsWith(token, at));
      if (!found) {
        at += 1;
        continue;
      }
      tokens.push(...this.plain(text.slice(from, at)), found);
      at += found.length;
      from = at;
    }
    tokens.push(...this.plain(text.slice(from)));
    return tokens;
  }

  plain(text) {
    return this.words(text).flatMap((word) => this.cut(word));
  }

  /** Words in lower case without accents; each mark of punctuation is a word. */
  words(text) {
    let spaced = "";
    for (const character of text) {
      if (this.gone(character)) continue;
      if (this.space(character)) spaced += " ";
      else if (this.apart(character)) spaced += ` ${character} `;
      else spaced += character;
    }
    const words = [];
    let word = "";
    const end = () => {
      if (word) words.push(word);
      word = "";
    };
    for (const character of spaced.normalize("NFD")) {
      if (this.gone(character)) continue;
      // one character at a time: a final sigma is not special to Python's tokenizer
      const lower = character.toLowerCase();
      if (this.space(character)) end();
      else if (this.punctuation(lower)) {
        end();
        words.push(lower);
      } else word += lower;
    }
    end();
    return words;
  }

  /** The longest known piece from the left, again and again; one unknown part, and all is unknown. */
  cut(word) {
    const letters = [...word];
    if (letters.length > this.longest) return [UNKNOWN];
    const pieces = [];
    for (let start = 0; start < letters.length; ) {
      let end = letters.length;
      let piece = null;
      for (; end > start; end--) {
        const tried = (start ? "##" : "") + letters.slice(start, end).join("");
        if (this.ids.has(tried)) {
          piece = tried;
          break;
        }
      }
      if (piece === null) return [UNKNOWN];
      pieces.push(piece);
      start = end;
    }
    return pieces;
  }
}
