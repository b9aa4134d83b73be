// @vitest-environment happy-dom
import { setupServer } from "msw/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createPlatformClient, retryAfterMs } from "../index.ts";
import { platformHandlers } from "./index.ts";

const url = "https://platform.example";
const jane = { email: "jane@acme.example" };
const platform = platformHandlers({ url, users: [jane] });
const server = setupServer(...platform.handlers);
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterAll(() => server.close());

it("answers a page of another origin, including preflight requests and headers", async () => {
  const client = createPlatformClient({ url, retries: 0, token: platform.tokenFor(jane) });
  expect((await client.org.me.query()).user.email).toBe(jane.email);
  expect(await client.discover.byEmail.mutate(jane)).toEqual({ method: "password" });
  platform.refuse("STORE_UNAVAILABLE");
  const error = await client.org.me.query().catch((thrown: unknown) => thrown);
  expect(retryAfterMs(error)).toBe(2_000);
});
