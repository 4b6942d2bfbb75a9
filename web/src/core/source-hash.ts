// What we say a cell's source was when its button was pressed, so that nothing else is run.

const mix = 0x5bd1e995;

/** MurmurHash2, 32 bits, seed 0, of the text in UTF-8, as a decimal number (Austin Appleby, public domain). The server knows this one. */
export function sourceHash(source: string): string {
  const bytes = new TextEncoder().encode(source);
  const words = new DataView(bytes.buffer);
  let hash = bytes.length;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    const word = Math.imul(words.getUint32(at, true), mix);
    hash = Math.imul(hash, mix) ^ Math.imul(word ^ (word >>> 24), mix);
  }
  if (at < bytes.length) {
    for (let last = bytes.length; last > at; --last) hash ^= (bytes[last - 1] ?? 0) << (8 * (last - 1 - at));
    hash = Math.imul(hash, mix);
  }
  hash = Math.imul(hash ^ (hash >>> 13), mix);
  return String((hash ^ (hash >>> 15)) >>> 0);
}
