import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { setFlagsFromString } from "node:v8";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { expect, it, onTestFinished } from "vitest";
import { listen } from "../testing/fault-proxy.ts";
import { KEEP_STEPS, keepSteps, until } from "./sdk-steps.ts";
import { StoreClock } from "./store-clock.ts";

/** A client of a server that answers so. It signs each request with other credentials. */
async function clientOf(answer: RequestListener): Promise<DynamoDB> {
  const server = createServer(answer);
  let loaded = 0;
  const client = new DynamoDB({
    region: "eu-central-1",
    credentials: async () => {
      loaded += 1;
      const expiration = new Date(); // so that the next request asks for others
      return { accessKeyId: `key-${loaded}`, secretAccessKey: "secret", expiration };
    },
    endpoint: `http://127.0.0.1:${await listen(server)}`,
    ...KEEP_STEPS,
  });
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return client;
}

it("puts the steps of an operation together once, though each request ends with a signal of its own", async () => {
  const caller = new AbortController();
  let answered = 0;
  const client = await clientOf((_request, response) => {
    answered += 1;
    if (answered < 3) response.end("{}");
    else caller.abort(); // without an answer
  });
  let made = 0;
  client.middlewareStack.add(
    (next) => {
      made += 1;
      return next;
    },
    { step: "build" },
  );
  keepSteps(client, new StoreClock());
  const list = ({ signal } = new AbortController()) => client.listTables(until(signal, {}));
  await list();
  await list();
  await expect(list(caller)).rejects.toMatchObject({ name: "AbortError" });
  expect([answered, made]).toEqual([3, 1]);
});

it("keeps the signer, which signs with the credentials of the moment", async () => {
  const signed: (string | undefined)[] = [];
  const client = await clientOf(({ headers }, response) => {
    signed.push(/Credential=([^/]+)/.exec(headers.authorization ?? "")?.[1]);
    response.end("{}");
  });
  keepSteps(client, new StoreClock());
  await client.listTables();
  await client.listTables();
  expect(new Set(signed).size).toBe(2);
  expect(await client.config.signer()).toBe(await client.config.signer());
});

it("leaves a configuration that V8 copies fast, whatever the requests do to it", async () => {
  setFlagsFromString("--allow-natives-syntax");
  const hasShape = new Function("object", "return %HasFastProperties(object)");
  const client = await clientOf((_request, response) => response.end("{}"));
  expect(hasShape(client.config)).toBe(false);
  keepSteps(client, new StoreClock());
  await client.listTables();
  await client.listTables();
  expect(hasShape(client.config)).toBe(true);
});

it("removes steps that the SDK has under these names, and no other", () => {
  const left = ["loggerMiddleware", "getUserAgentMiddleware", "recursionDetectionMiddleware"];
  const client = new DynamoDB({ region: "eu-central-1" });
  const steps = () => client.middlewareStack.identify().map((step) => step.split(" ")[0] ?? "");
  const before = steps();
  expect(before).toEqual(expect.arrayContaining(left));
  keepSteps(client, new StoreClock());
  const kept = before.filter((step) => !left.includes(step));
  expect(steps().sort()).toEqual([...kept, "endWithSignal"].sort());
});

it("names platform-api in the user-agent header, with and without a signal", async () => {
  const seen: IncomingHttpHeaders[] = [];
  const client = await clientOf(({ headers }, response) => {
    seen.push(headers);
    response.end("{}");
  });
  keepSteps(client, new StoreClock());
  await client.listTables();
  await client.listTables(until(new AbortController().signal, {}));
  expect(seen).toHaveLength(2);
  for (const headers of seen) {
    expect(headers).toMatchObject({ "user-agent": "platform-api", "x-amz-target": expect.any(String) });
    expect(headers).not.toHaveProperty("x-amz-user-agent");
  }
});

it("signs as the SDK's own class of hashes does", async () => {
  const own = new DynamoDB({ region: "eu-central-1" }).config.sha256;
  const secrets = [undefined, "secret", new TextEncoder().encode("secret")];
  for (const secret of secrets) {
    const hashes = [own, KEEP_STEPS.sha256].map((Hash) => new Hash(secret));
    for (const hash of hashes) hash.update(new TextEncoder().encode("text"));
    const [theirs, ours] = await Promise.all(
      hashes.map(async (hash) => Buffer.from(await hash.digest()).toString("hex")),
    );
    expect(ours).toBe(theirs);
  }
});
