// The model's files: from the browser's cache where they are, from the site where not.
//
// A file is kept once it is whole, so that what was fetched before a break or a cancel is not
// fetched again. Where there is no Cache API (http without TLS), the browser's own cache serves.

const NAME = "seeing-attention-live-";
const STEP = 100; // ms between two reports of progress

/** A file could not be had whole. */
export class FetchError extends Error {}

export class Store {
  /** `base`: address of the model's folder; `key` changes with its contents. */
  constructor(base, key) {
    this.base = base;
    this.key = key;
    this.prefix = NAME + new URL(base).pathname; // another copy of the course may stand on this host
  }

  address(name) {
    return new URL(`${name}?${this.key}`, this.base).href;
  }

  async open() {
    if (this.cache !== undefined) return;
    this.cache = null;
    try {
      for (const name of await caches.keys())
        if (name.startsWith(this.prefix) && name !== this.prefix + this.key) await caches.delete(name);
      this.cache = await caches.open(this.prefix + this.key);
    } catch {
      // no cache here, or none allowed: everything is fetched
    }
  }

  /** Whether a file need not be fetched. */
  async holds(name) {
    await this.open();
    return Boolean(await this.cache?.match(this.address(name)));
  }

  /** A file's bytes, `length` of them unless null, `sha256` their hash where it is known;
   * `came(bytes)` hears of progress. */
  async get(name, length, came = () => {}, sha256 = null) {
    await this.open();
    const kept = await this.cache?.match(this.address(name));
    if (kept) {
      const buffer = await kept.arrayBuffer();
      if (length == null || buffer.byteLength === length) {
        came(buffer.byteLength);
        return buffer;
      }
    }
    const buffer = await fetched(this.address(name), came);
    if (length != null && buffer.byteLength !== length)
      throw new FetchError(`${name}: ${buffer.byteLength} bytes, not ${length}`);
    if (sha256 && !(await matches(buffer, sha256))) throw new FetchError(`${name}: other bytes than those of this site`);
    try {
      await this.cache?.put(this.address(name), new Response(buffer));
    } catch {
      // the disk is full: it works without keeping
    }
    return buffer;
  }
}

/** Whether bytes have a hash; without TLS browsers compute none, and the length must do. */
async function matches(buffer, sha256) {
  if (!globalThis.crypto?.subtle) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", buffer));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}

async function fetched(address, came) {
  try {
    const response = await fetch(address);
    if (!response.ok) throw new FetchError(`${address}: ${response.status}`);
    const reader = response.body.getReader();
    const parts = [];
    let size = 0;
    let told = 0;
    let last = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      size += value.length;
      if (Date.now() - last > STEP) {
        came(size - told);
        told = size;
        last = Date.now();
      }
    }
    came(size - told);
    const whole = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole.buffer;
  } catch (error) {
    throw error instanceof FetchError ? error : new FetchError(`${address}: ${error.message}`);
  }
}
