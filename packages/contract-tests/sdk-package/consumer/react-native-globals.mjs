/**
 * Leaves what React Native's engine (Hermes) and React Native itself have, and takes the rest of Node's globals away.
 * Import it before everything that is tried on it. Its `AbortController` knows no reason, and its `URL` parses nothing.
 */
class AbortSignal extends EventTarget {
  aborted = false;
  onabort = null;
}

class AbortController {
  signal = new AbortSignal();

  abort() {
    if (this.signal.aborted) return;
    this.signal.aborted = true;
    this.signal.dispatchEvent(new Event("abort"));
  }
}

class URL {
  constructor(href) {
    this.href = href;
  }

  get hostname() {
    throw new Error("URL.hostname is not implemented");
  }

  toString() {
    return this.href;
  }
}

const MISSING = [
  "DOMException",
  "structuredClone",
  "crypto",
  "SubtleCrypto",
  "TextDecoder",
  "TextDecoderStream",
  "ReadableStream",
  "WritableStream",
  "TransformStream",
  "CompressionStream",
  "FinalizationRegistry",
  "BroadcastChannel",
  "MessageChannel",
  "Iterator",
  "Buffer",
  "process",
  "navigator",
  "fetch",
];
const MISSING_METHODS = [
  [Array, "fromAsync"],
  [Array.prototype, "findLast", "findLastIndex", "toReversed", "toSorted", "toSpliced", "with"],
  [Map, "groupBy"],
  [Object, "groupBy"],
  [Object.getPrototypeOf(Object.getPrototypeOf([].values())), "map", "filter", "flatMap", "toArray", "some"],
  [Promise, "try", "withResolvers"],
  [Set.prototype, "union", "intersection", "difference", "isSubsetOf", "isDisjointFrom"],
  [String.prototype, "isWellFormed", "toWellFormed"],
];

for (const name of MISSING) delete globalThis[name];
for (const [owner, ...names] of MISSING_METHODS) for (const name of names) delete owner[name];
Object.assign(globalThis, { AbortController, AbortSignal, URL, process: { env: {} } });
