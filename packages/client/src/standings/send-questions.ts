import type { PlatformClient } from "../client.ts";
import { platformError } from "../platform-error.ts";
import { namedError, waitFor } from "../waiting.ts";
import type { Entry } from "./watched.ts";

const MOST_QUESTIONS = 100;
/** The server reads 32 KiB of a request. */
const MOST_BYTES = 32_000;

/** The questions in as few requests as the server takes. */
export function requestsOf(entries: readonly Entry[]): Entry[][] {
  const requests: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = new TextEncoder().encode(`${JSON.stringify(entry.question)},`).length;
    const last = requests.at(-1);
    if (last === undefined || last.length === MOST_QUESTIONS || bytes + size > MOST_BYTES) {
      requests.push([entry]);
      bytes = size;
    } else {
      last.push(entry);
      bytes += size;
    }
  }
  return requests;
}

/**
 * Sends one request. The limit does not rely on the client, because without an answer nobody would ask again.
 * @throws {PlatformError} the refusal or the outage
 */
export async function sendQuestions(
  { auth }: PlatformClient,
  entries: readonly Entry[],
  limitMs: number,
): Promise<readonly unknown[]> {
  const of = entries.map(({ question }) => question);
  const limit = new AbortController();
  const { signal } = limit;
  const timer = setTimeout(() => {
    limit.abort(platformError(namedError("TimeoutError", `auth.standings: no answer within ${limitMs} ms`)));
  }, limitMs);
  timer.unref?.();
  try {
    const answers: unknown = await waitFor(auth.standings.query({ of }, { signal }), signal);
    if (Array.isArray(answers) && answers.length === of.length) return answers;
    throw unexpected();
  } finally {
    clearTimeout(timer);
  }
}

export function unexpected(): Error {
  return platformError(new Error("auth.standings: unexpected response"));
}
