import type { Run, Step } from "./runs-client.ts";

const NAMES = ["read", "find", "summarize", "publish"] as const;
const DONE = { status: "done", durationMs: 3_000 } as const;

/** The steps of a run of which so many are done, and the next one is as given. */
export function stepsOf(done: number, next: Omit<Step, "name"> = { status: "pending" }): Step[] {
  return NAMES.map((name, index) => {
    if (index < done) return { ...DONE, name, output: `what ${name} has found` };
    return index === done ? { ...next, name } : { name, status: "pending" };
  });
}

/** A run of Jane's, with what a test is about. */
export function aRun(given: Partial<Run> = {}): Run {
  const steps = stepsOf(1, { status: "running" });
  const fixed = { id: "run-1", title: "Summarize the tickets", createdAt: "2026-11-24T09:30:00.000Z" };
  return { ...fixed, status: "running", steps, ...given };
}

/** An event stream of agentic-backend, to which a test adds. */
export function eventStream(first: Run) {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const ignore = () => {}; // nobody may read any more
  const show = (run: Run) => {
    writer.write(encoder.encode(`id: 1\ndata: ${JSON.stringify(run)}\n\n`)).catch(ignore);
  };
  show(first);
  return {
    response: () => new Response(readable, { headers: { "content-type": "text/event-stream" } }),
    show,
    /** The connection is lost. */
    lose: () => void writer.abort(new TypeError("connection reset")).catch(ignore),
    close: () => void writer.close().catch(ignore),
  };
}
