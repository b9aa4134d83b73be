import { base64urlOfBytes } from "./encoding.ts";

/** FIPS 180-4, section 4.2.2. */
const ROUNDS = wordsOf(
  "428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 d807aa98 12835b01 243185be " +
    "550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174 e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa " +
    "5cb0a9dc 76f988da 983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967 27b70a85 " +
    "2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85 a2bfe8a1 a81a664b c24b8b70 c76c51a3 " +
    "d192e819 d6990624 f40e3585 106aa070 19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f " +
    "682e6ff3 748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2",
);

/** Section 5.3.3. */
const INITIAL = wordsOf("6a09e667 bb67ae85 3c6ef372 a54ff53a 510e527f 9b05688c 1f83d9ab 5be0cd19");

const BLOCK_BYTES = 64;
/** A bit that ends the text, and its length. */
const LEAST_PADDING_BYTES = 9;

/** `node:crypto` on Node (`hash` since 20.12), without an import: the SDK's mocks are bundled for browsers. */
const node = globalThis.process?.getBuiltinModule?.("node:crypto");

/** SHA-256 of the text in UTF-8, as base64url. Synchronous, which WebCrypto is not. For names, not for secrets. */
export function sha256Of(text: string): string {
  if (typeof node?.hash === "function") return node.hash("sha256", text, "base64url");
  return base64urlOfBytes(sha256(text));
}

/** The bytes, where there is no Node: at ten times the cost. */
export function sha256(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const padded = new DataView(
    new ArrayBuffer(Math.ceil((bytes.length + LEAST_PADDING_BYTES) / BLOCK_BYTES) * BLOCK_BYTES),
  );
  new Uint8Array(padded.buffer).set(bytes);
  padded.setUint8(bytes.length, 0x80);
  padded.setBigUint64(padded.byteLength - 8, BigInt(bytes.length) * 8n);
  const state = Int32Array.from(INITIAL);
  const words = new Int32Array(ROUNDS.length);
  for (let at = 0; at < padded.byteLength; at += BLOCK_BYTES) {
    schedule(words, padded, at);
    compress(state, words);
  }
  const digest = new DataView(new ArrayBuffer(state.byteLength));
  for (const [index, word] of state.entries()) digest.setInt32(4 * index, word);
  return new Uint8Array(digest.buffer);
}

/** Section 6.2.2, step 1. */
function schedule(words: Int32Array, padded: DataView, at: number): void {
  const word = (index: number) => words[index] ?? 0;
  for (let index = 0; index < words.length; index += 1) {
    if (index < 16) {
      words[index] = padded.getInt32(at + 4 * index);
      continue;
    }
    const [early, late] = [word(index - 15), word(index - 2)];
    const small0 = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const small1 = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    words[index] = word(index - 16) + small0 + word(index - 7) + small1;
  }
}

/** Steps 2 to 4. */
function compress(state: Int32Array, words: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let index = 0; index < ROUNDS.length; index += 1) {
    const big1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const first = (h + big1 + ((e & f) ^ (~e & g)) + (ROUNDS[index] ?? 0) + (words[index] ?? 0)) | 0;
    const big0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const second = big0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = (state[index] ?? 0) + word;
}

function turned(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function wordsOf(hex: string): Int32Array {
  return Int32Array.from(hex.split(" "), (word) => Number.parseInt(word, 16));
}
