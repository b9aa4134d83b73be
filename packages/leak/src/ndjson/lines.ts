import { createReadStream } from "node:fs";

/** A line that ends in LF, or the last one. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Null for one that is too long to be read. */
  readonly bytes: Buffer | null;
  /** Where the next one begins. */
  readonly end: number;
}

export interface Start {
  /** Of the line before. */
  readonly number: number;
  readonly end: number;
}

export const MOST_BYTES = 64 * 1_024 * 1_024;
const LF = 0x0a;
const CHUNK_BYTES = 1_024 * 1_024;

/** The lines of a file, one after the other, so that its size does not matter. */
export async function* linesOf(file: string, start: Start, signal: AbortSignal): AsyncGenerator<Line> {
  let { number, end } = start;
  let parts: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer) => {
    length += part.length;
    if (length <= MOST_BYTES) parts.push(part);
    else parts = [];
  };
  const take = (ending: number): Line => {
    const bytes = length > MOST_BYTES ? null : Buffer.concat(parts);
    end += length + ending;
    number += 1;
    parts = [];
    length = 0;
    return { number, bytes, end };
  };
  const stream = createReadStream(file, { start: end, highWaterMark: CHUNK_BYTES, signal });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, from)) {
      add(chunk.subarray(from, at));
      yield take(1);
      from = at + 1;
    }
    add(chunk.subarray(from));
  }
  if (length > 0) yield take(0);
}
