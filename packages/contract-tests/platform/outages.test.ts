import { expect, it } from "vitest";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";

const stack = stackOfTests();

const NOWHERE = "http://127.0.0.1:9";

// Nothing answers in these tests, so the deadlines only say how long they take.
it.each([
  [
    "STORE_UNAVAILABLE",
    503,
    "ECONNREFUSED",
    { DYNAMODB_ENDPOINT: NOWHERE, STORE_DEADLINE_MS: "300", STORE_ATTEMPT_MS: "100" },
  ],
  [
    "DIRECTORY_UNAVAILABLE",
    502,
    "CljClientError",
    { CLJ_PG_WRAPPER_URL: NOWHERE, DIRECTORY_DEADLINE_MS: "500" },
  ],
])(
  "T47: %s is %i, a warning with the cause %s, and no subject is said, logged or stored",
  async (reason, httpStatus, cause, settings) => {
    const server = await stack.another(settings);
    const subject = fresh("waad|never-an-id");
    const token = await logins(stack).entra(`${fresh("new")}@acme.example`, { subject });
    const answer = await server
      .client(token)
      .auth.validate.query()
      .catch((thrown: unknown) => thrown);
    expect(answer).toMatchObject({ data: { reason, httpStatus } });
    const logged = stack.log.map((line) => JSON.parse(line)).filter((line) => line.reason === reason);
    for (const line of logged) expect(line).toMatchObject({ level: "warn" });
    expect(logged).toContainEqual(expect.objectContaining({ err: expect.objectContaining({ cause }) }));
    for (const text of [JSON.stringify(answer), stack.log.join(""), JSON.stringify(await stack.items())])
      expect(text).not.toContain("never-an-id");
  },
);
