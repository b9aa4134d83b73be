import type { Exchange } from "../faults/fault-proxy.ts";
import { pass } from "../faults/faults.ts";
import type { FaultyUpstreams } from "../faults/faulty-stack.ts";

/** One call of the store or of the user directory. */
export interface RecordedCall {
  /** DynamoDB's operation, or the method of the user directory's request. */
  readonly operation: string;
  /** The type of the first key of a store request, or the path of the directory's. */
  readonly of: string;
  readonly request: unknown;
  readonly reply: unknown;
}

/** Records what a process calls. @returns the calls during `action`, in the order of their replies */
export function recordCalls({ store, directory }: Pick<FaultyUpstreams, "store" | "directory">) {
  const calls: RecordedCall[] = [];
  store.fault = async (exchange) => {
    const operation = String(exchange.request.headers["x-amz-target"]).split(".").at(-1) ?? "";
    const [, of = "?"] = /"([A-Z][A-Z0-9]*)#/.exec(exchange.body.toString()) ?? [];
    calls.push({ operation, of, ...(await answered(exchange)) });
  };
  directory.fault = async (exchange) => {
    const { method = "", url: of = "" } = exchange.request;
    calls.push({ operation: method, of, ...(await answered(exchange)) });
  };
  return async (action: () => Promise<unknown>): Promise<readonly RecordedCall[]> => {
    calls.length = 0;
    await action();
    return [...calls];
  };
}

async function answered(exchange: Exchange): Promise<Pick<RecordedCall, "request" | "reply">> {
  const reply = await exchange.forward();
  await pass({ ...exchange, forward: async () => reply });
  return { request: parsed(exchange.body), reply: parsed(reply.body) };
}

function parsed(body: Buffer): unknown {
  return body.length === 0 ? null : JSON.parse(body.toString());
}

/** How often each name occurs. */
export function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
