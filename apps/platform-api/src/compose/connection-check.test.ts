import { type Connection, parseOrganizationId, Refusal } from "@platform-api/server/domain";
import { expect, it } from "vitest";
import { ConfigurationError } from "../config/config.ts";
import { type ConnectionCheck, checkConnections } from "./connection-check.ts";

const outage = new Refusal("STORE_UNAVAILABLE", "connection: listing");

function connection(name: string, strategy: string): Connection {
  const organizationId = parseOrganizationId("acme");
  if (organizationId === null) throw new Error("not an organization id");
  return { name, strategy, displayName: name, organizationId };
}

/** Runs the check with these answers of the store, in order, and returns the problems it found and its pauses. */
async function check(answers: (readonly Connection[] | Error)[], options: Partial<ConnectionCheck> = {}) {
  const pauses: number[] = [];
  const result = await checkConnections({
    listConnections: async () => {
      const answer = answers.shift() ?? outage;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    otherStrategies: new Set(["auth0", "oauth2"]),
    onOutage: (error, pauseMs) => {
      expect(error).toBe(outage);
      pauses.push(pauseMs);
    },
    pause: async () => {},
    signal: new AbortController().signal,
    ...options,
  }).catch((error: unknown) => (error instanceof ConfigurationError ? error.problems : error));
  return { problems: result ?? [], pauses };
}

const problem = (name: string) =>
  expect.stringMatching(
    `^AUTH0_OTHER_STRATEGIES names oauth2, the strategy of connection ${name} of organization acme`,
  );

it.each([
  ["no connection is registered", [[]], [], []],
  ["all connections are SSO", [[connection("acme-entra", "waad")]], [], []],
  [
    "some connections have such a strategy",
    [[connection("a", "oauth2"), connection("acme-entra", "waad"), connection("b", "oauth2")]],
    [problem("a"), problem("b")],
    [],
  ],
  ["the third try succeeds", [outage, outage, [connection("a", "oauth2")]], [problem("a")], [1_000, 2_000]],
  [
    "the store is down for long",
    [...Array<Error>(9).fill(outage), []],
    [],
    [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000],
  ],
])(
  "T78: names every registered connection with a strategy of AUTH0_OTHER_STRATEGIES: %s",
  async (_, answers, problems, pauses) => {
    expect(await check(answers)).toEqual({ problems, pauses });
  },
);

it("stops reading when the process ends", async () => {
  const ended = new AbortController();
  const pause = async () => ended.abort();
  expect(await check([outage], { pause, signal: ended.signal })).toEqual({ problems: [], pauses: [1_000] });
  expect(await check([[connection("a", "oauth2")]], { signal: ended.signal })).toEqual({
    problems: [],
    pauses: [],
  });
});
