import { Readable } from "node:stream";
import type { DynamoRuns } from "./dynamo-runs.ts";
import { isFinal, keyOf, ownerOf, type Run } from "./run.ts";

/** How often the store is asked for what other processes have changed. */
const LOOK_MS = 1_000;
/** After so many looks without a change something is sent, because proxies close a connection that is silent for long. */
const SILENT_LOOKS = 10;
/** Of a user. The oldest one is closed for another. */
const MOST_STREAMS = 10;

/** Streams of what becomes of runs, as server-sent events. Each begins with the run as it is. */
export function createRunEvents(runs: DynamoRuns) {
  const open = new Map<string, AbortController[]>();

  return {
    /** @param until when the stream ends at the latest, in milliseconds since 1970; the client opens another one */
    open(run: Run, until: number, show: (run: Run) => object): Readable {
      const owner = ownerOf(run.subject);
      const closing = new AbortController();
      const ofUser = [...(open.get(owner) ?? []), closing];
      open.set(owner, ofUser);
      if (ofUser.length > MOST_STREAMS) ofUser.shift()?.abort();
      const timer = setTimeout(() => closing.abort(), Math.min(until - Date.now(), 2_147_483_647));
      const stream = Readable.from(eventsOf(runs, run, show, closing.signal), { objectMode: false });
      return stream.once("close", () => {
        clearTimeout(timer);
        closing.abort();
        const others = open.get(owner)?.filter((each) => each !== closing) ?? [];
        if (others.length > 0) open.set(owner, others);
        else open.delete(owner);
      });
    },

    /** Ends all streams. */
    close(): void {
      for (const closing of [...open.values()].flat()) closing.abort();
    },
  };
}

async function* eventsOf(
  runs: DynamoRuns,
  first: Run,
  show: (run: Run) => object,
  closing: AbortSignal,
): AsyncGenerator<string> {
  let run = first;
  let sent = -1;
  for (let looks = 0; !closing.aborted; looks += 1) {
    if (run.rev > sent) {
      yield `id: ${run.rev}\ndata: ${JSON.stringify(show(run))}\n\n`;
      sent = run.rev;
      looks = 0;
    } else if (looks % SILENT_LOOKS === 0) yield ":\n\n";
    if (isFinal(run)) return;
    await changeOf(runs, keyOf(run), closing);
    // An outage of the store is waited out.
    run = (await runs.find(ownerOf(run.subject), run.id).catch(() => null)) ?? run;
  }
}

/** Resolves when this process has changed the run, when it is time to look again, and when the stream closes. */
async function changeOf({ changes }: DynamoRuns, key: string, closing: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const timer = setTimeout(resolve, LOOK_MS, null);
  changes.once(key, resolve);
  closing.addEventListener("abort", resolve, { once: true });
  if (!closing.aborted) await promise;
  clearTimeout(timer);
  changes.off(key, resolve);
  closing.removeEventListener("abort", resolve);
}
