// SmolLM2's tokenizer, byte-level BPE: a text in, ids out, as Python's tokenizer gives them.
//
// A text is cut at special tokens, at digits and into words; a word is its UTF-8 bytes, each written
// as a letter; neighbours merge in the order in which the file lists the merges. What is a letter, a
// number or a space is read from tables that were asked of Python's tokenizer (live_write.py), not from
// the browser's Unicode version.

const SPECIAL = 3; // the file's kind of token that is never made by merging

/** [gap, length, gap, length, ...] as the inside of a character class. */
function characters(ranges) {
  const escaped = (code) => `\\u{${code.toString(16)}}`;
  let end = 0;
  let inside = "";
  for (let i = 0; i < ranges.length; i += 2) {
    const start = end + ranges[i];
    end = start + ranges[i + 1];
    inside += `${escaped(start)}-${escaped(end - 1)}`;
  }
  return inside;
}

/** Byte -> the letter that stands for it: itself where it can be seen, else one from 256 on. */
function byteLetters() {
  const seen = (byte) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(seen(byte) ? byte : next++));
}

export class Bpe {
  /** `fields`: of the GGUF file; `tables`: letter, number, space, digit as ranges. */
  constructor(fields, tables) {
    this.tokens = fields["tokenizer.ggml.tokens"];
    this.ids = new Map(this.tokens.map((token, id) => [token, id]));
    this.ranks = new Map(fields["tokenizer.ggml.merges"].map((pair, rank) => [pair, rank]));
    const special = this.tokens.filter((_, id) => fields["tokenizer.ggml.token_type"][id] === SPECIAL);
    const literal = special.map((token) => token.replace(/[|\\{}()[\]^$+*?.]/g, "\\$&"));
    this.last = fields["tokenizer.ggml.eos_token_id"];
    this.special = new RegExp(`(${literal.sort((a, b) => b.length - a.length).join("|")})`);
    const [letter, number, space, digit] = ["letter", "number", "space", "digit"].map((name) => characters(tables[name]));
    this.digit = new RegExp(`([${digit}])`, "u");
    this.word = new RegExp(
      `'s|'t|'re|'ve|'m|'ll|'d| ?[${letter}]+| ?[${number}]+| ?[^${space}${letter}${number}]+|[${space}]+(?![^${space}])|[${space}]+`,
      "gu",
    );
    this.letters = byteLetters();
    this.bytes = new Map(this.letters.map((letter, byte) => [letter, byte]));
    this.known = new Map(); // word -> ids
  }

  /** The ids of a text. */
  encode(text) {
    const parts = text.split(this.special); // every second one is a special token
    return parts.flatMap((part, i) => (i % 2 ? [this.ids.get(part)] : this.plain(part)));
  }

  plain(text) {
    return text.split(this.digit).flatMap((part) => (part.match(this.word) || []).flatMap((word) => this.merged(word)));
  }

  merged(word) {
    if (this.known.has(word)) return this.known.get(word);
    // a byte that the vocabulary lacks (a few that no text has) is left out, as Python leaves it out
    const parts = Array.from(new TextEncoder().encode(word), (byte) => this.letters[byte]).filter((letter) => this.ids.has(letter));
    for (;;) {
      let best = Infinity;
      let at = -1;
      for (let i = 0; i + 1 < parts.length; i++) {
        const rank = this.ranks.get(`${parts[i]} ${parts[i + 1]}`);
        if (rank < best) [best, at] = [rank, i];
      }
      if (at < 0) break;
      parts.splice(at, 2, parts[at] + parts[at + 1]);
    }
    const ids = parts.map((part) => this.ids.get(part));
    this.known.set(word, ids);
    return ids;
  }

  /** Whether a text is over with this token. */
  ends(id) {
    return id === this.last;
  }

  /** What a token adds to the text; null where its bytes are a part of a character only. */
  piece(id) {
    const bytes = this.bytesOf(id);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return null;
    }
  }

  /** A token as it is shown: its text, or its bytes as <E7 9A>. */
  shown(id) {
    const text = this.piece(id);
    if (text != null) return text;
    return `<${Array.from(this.bytesOf(id), (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ")}>`;
  }

  bytesOf(id) {
    const letters = [...this.tokens[id]];
    if (letters.every((letter) => this.bytes.has(letter))) return Uint8Array.from(letters, (letter) => this.bytes.get(letter));
    return new TextEncoder().encode(this.tokens[id]); // a special token is written as it is
  }
}
