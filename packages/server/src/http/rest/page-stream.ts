import type { ServerResponse } from "node:http";
import { finished, Readable } from "node:stream";
import { Refusal } from "../../domain/index.ts";

/** An object a line. */
export const NDJSON = "application/x-ndjson; charset=utf-8";
export const MAX_LINES = 10_000;
/** How many lines are read at a time. */
export const PAGE_LINES = 100;

const MAX_STREAMS_OF_CALLER = 2;
/** By then a stream that nobody reads has been reset. */
const RETRY_AFTER_SECONDS = 10;

/** Who reads streams now, and how many. A stream that nobody reads holds one page (T8H). */
export class StreamPlaces {
  readonly #taken = new Map<string, number>();

  /** Until the response has ended. @throws {Refusal} RATE_LIMITED */
  take(caller: string, response: ServerResponse): void {
    const taken = this.#taken.get(caller) ?? 0;
    if (taken >= MAX_STREAMS_OF_CALLER) {
      const retryAfterSeconds = RETRY_AFTER_SECONDS;
      throw new Refusal("RATE_LIMITED", "too many streams of one caller", { retryAfterSeconds });
    }
    this.#taken.set(caller, taken + 1);
    finished(response, () => {
      const left = (this.#taken.get(caller) ?? 1) - 1;
      if (left === 0) this.#taken.delete(caller);
      else this.#taken.set(caller, left);
    });
  }
}

/** `Readable.from` would read a page ahead, whatever its mark. */
export function streamOf(pages: AsyncGenerator<string>): Readable {
  return new Readable({
    highWaterMark: 0,
    read() {
      pages.next().then(
        ({ done, value }) => this.push(done === true ? null : value),
        (error) => this.destroy(error),
      );
    },
  });
}

export function linesOf(items: readonly object[]): string {
  return items.map((item) => `${JSON.stringify(item)}\n`).join("");
}
