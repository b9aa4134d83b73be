import { equal } from "node:assert/strict";
import { createPlatformClient, reasonOf } from "@platform-api/client";
import { platformHandlers } from "@platform-api/client/testing";
import { setupServer } from "msw/node";

const url = "http://platform.example";
const jane = "jane@acme.example";

/** Fails unless the mocks answer in the test runner that calls this. */
export async function checkMocks() {
  const mocks = platformHandlers({ url, users: [{ email: jane }] });
  const server = setupServer(...mocks.handlers);
  server.listen({ onUnhandledRequest: "error" });
  const validate = (token) => createPlatformClient({ url, token, retries: 0 }).auth.validate.query();
  equal((await validate(mocks.tokenFor(jane))).email, jane);
  equal(await validate("made-up").catch(reasonOf), "TOKEN_INVALID");
  mocks.refuse("MEMBERSHIP_REMOVED");
  equal(await validate(mocks.tokenFor(jane)).catch(reasonOf), "MEMBERSHIP_REMOVED");
  server.close();
}
