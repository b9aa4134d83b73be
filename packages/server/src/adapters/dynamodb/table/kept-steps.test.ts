import { createServer, type RequestListener } from "node:http";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { expect, it, onTestFinished } from "vitest";
import { listen } from "../testing/fault-proxy.ts";
import { KEEP_STEPS, keepSteps, until } from "./kept-steps.ts";

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
  keepSteps(client);
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
  keepSteps(client);
  await client.listTables();
  await client.listTables();
  expect(new Set(signed).size).toBe(2);
  expect(await client.config.signer()).toBe(await client.config.signer());
});
