import type { Exchange } from "../simulator/fault-proxy.ts";
import { operationOf, pass } from "../simulator/faults.ts";
import type { FaultyStack } from "../simulator/faulty-stack.ts";

interface StoreRequest {
  readonly ConsistentRead?: boolean;
  readonly Item?: object;
  /** Of a transaction. Each has one kind of operation. */
  readonly TransactItems?: readonly Readonly<Record<string, { readonly Item?: object }>>[];
}

/** One call of the store or of the user directory. */
export interface RecordedCall {
  /** DynamoDB's operation, or the method of the user directory's request. */
  readonly operation: string;
  /** The type of the first key of a store request, of each item in a transaction, or the path of the directory's. */
  readonly of: string;
  readonly request?: StoreRequest;
  /** What the embedded store says that the request takes, in DynamoDB's units. */
  readonly units?: number;
}

/** Records what processes call that do not poll. @returns the calls during `action`, in the order of their replies */
export function recordCalls({ store, directory, stack }: Pick<FaultyStack, "store" | "directory" | "stack">) {
  const calls: RecordedCall[] = [];
  store.fault = async (exchange) => {
    const operation = operationOf(exchange);
    const measures = await measured(exchange, stack.environment.DYNAMODB_ENDPOINT ?? "");
    const of = (measures.request?.TransactItems ?? [measures.request]).map(typeOf).join(", ");
    calls.push({ operation, of, ...measures });
  };
  directory.fault = async (exchange) => {
    const { method = "", url: of = "" } = exchange.request;
    calls.push({ operation: method, of });
    await pass(exchange);
  };
  return async (action: () => Promise<unknown>): Promise<readonly RecordedCall[]> => {
    calls.length = 0;
    await action();
    return [...calls];
  };
}

/** The type of the key in a part of a request; an item has its keys in the indexes as well. */
function typeOf(part: object | undefined): string {
  const text = JSON.stringify(part);
  return (/"pk":\{"S":"([A-Z_]+)#/.exec(text) ?? /"([A-Z][A-Z0-9_]*)#/.exec(text))?.[1] ?? "?";
}

interface Capacity {
  readonly CapacityUnits: number;
}

/** Passes a request on, and asks what it takes. */
async function measured(
  { request: { headers }, body, response }: Exchange,
  endpoint: string,
): Promise<Pick<RecordedCall, "request" | "units">> {
  const request: StoreRequest = JSON.parse(body.toString());
  const names = ["authorization", "content-type", "x-amz-date", "x-amz-target"];
  const reply = await fetch(endpoint, {
    method: "POST",
    headers: names.map((name): [string, string] => [name, String(headers[name])]),
    body: JSON.stringify({ ...request, ReturnConsumedCapacity: "TOTAL" }),
  });
  const text = await reply.text();
  response.writeHead(reply.status, { "content-type": headers["content-type"] }).end(text);
  const { ConsumedCapacity = [] }: { ConsumedCapacity?: Capacity | Capacity[] } = JSON.parse(text);
  return { request, units: sum([ConsumedCapacity].flat().map(({ CapacityUnits }) => CapacityUnits)) };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}

/** How often each name occurs. */
export function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
