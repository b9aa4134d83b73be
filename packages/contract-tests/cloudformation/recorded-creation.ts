import { startEmbeddedDynamodb } from "@platform-api/dev/embedded-dynamodb";
import { type Exchange, startFaultProxy } from "../simulator/fault-proxy.ts";
import { pass } from "../simulator/faults.ts";
import { runCommand } from "../simulator/stack.ts";

/** A request to the store. */
export interface StoreRequest {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export const requestOf = ({ request, body }: Exchange): StoreRequest => ({
  operation: String(request.headers["x-amz-target"]).split(".").at(-1) ?? "",
  input: JSON.parse(body.toString()),
});

/** Deadlines that a busy machine does not reach. */
export const PATIENT = {
  STORE_ATTEMPT_MS: "10000",
  STORE_DEADLINE_MS: "20000",
  JWKS_DEADLINE_MS: "10000",
  DIRECTORY_ATTEMPT_MS: "10000",
  DIRECTORY_DEADLINE_MS: "20000",
};

/** What the embedded store does not offer, answered as DynamoDB answers it for a new table. */
const ANSWERS: Readonly<Record<string, object>> = {
  UpdateTable: {},
  DescribeContinuousBackups: { ContinuousBackupsDescription: { ContinuousBackupsStatus: "ENABLED" } },
  UpdateContinuousBackups: {},
};

/** Everything that the command `table create` sends. */
export async function recordCreation(name: string): Promise<readonly StoreRequest[]> {
  const sent: StoreRequest[] = [];
  const store = await startEmbeddedDynamodb({ host: "127.0.0.1", port: 0 });
  const recorder = await startFaultProxy(store.endpoint, (exchange) => {
    const request = requestOf(exchange);
    sent.push(request);
    const answer = ANSWERS[request.operation];
    if (answer === undefined) return pass(exchange);
    const headers = { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "recorded" };
    return exchange.response.writeHead(200, headers).end(JSON.stringify(answer));
  });
  try {
    const environment = {
      DYNAMODB_TABLE: name,
      DYNAMODB_ENDPOINT: recorder.url,
      AWS_REGION: "eu-central-1",
      ...PATIENT,
    };
    const { status, output } = await runCommand(environment, ["table", "create"]);
    if (status !== 0) throw new Error(output);
  } finally {
    await recorder.close();
    await store.close();
  }
  return sent;
}
