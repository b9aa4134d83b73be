import { platformHandlers } from "@platform-api/client/testing";
import { REASONS, Refusal } from "@platform-api/server/domain";
import { getResponse } from "msw";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { headersFor, statusOf, toTRPCError } from "../../server/src/trpc/index.ts";
import { describeAgenticBackend, describeFrontend } from "./consumers-contract.ts";
import { type RunningPlatform, startHandlers, startServer } from "./platforms.ts";
import { describeProcedures } from "./procedures-contract.ts";
import { describeWire } from "./wire-contract.ts";

describe.each([
  ["the SDK's handlers", startHandlers],
  ["the server", startServer],
])("platform-api: %s", (_, start) => {
  let platform: RunningPlatform;
  beforeAll(async () => {
    platform = await start();
  });
  afterAll(() => platform?.close());

  describeProcedures(() => platform);
  describeWire(() => platform);
  describeAgenticBackend(() => platform);
  describeFrontend(() => platform);
});

it.each(REASONS)("the SDK's handlers refuse as the server would, reachable or not: %s", async (reason) => {
  const url = "http://platform.test";
  const platform = platformHandlers({ url });
  platform.refuse(reason);
  const request = new Request(`${url}/trpc/auth.validate`);
  const response = await getResponse([...platform.handlers], request);
  const error = toTRPCError(new Refusal(reason, "planted"));
  const { code, message } = error;
  const httpStatus = statusOf(error);
  expect(await response?.json()).toMatchObject({ error: { message, data: { code, httpStatus, reason } } });
  const { "www-authenticate": challenge = null, "retry-after": retryAfter = null } = headersFor([error]);
  expect(response?.status).toBe(httpStatus);
  expect(response?.headers.get("www-authenticate")).toBe(challenge);
  expect(response?.headers.get("retry-after")).toBe(retryAfter);
});
