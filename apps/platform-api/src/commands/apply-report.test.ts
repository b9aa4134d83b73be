import { type DeclarationProblem, parseDomain, parseOrganizationId } from "@platform-api/server/domain";
import { expect, it } from "vitest";
import { describeChange, describeProblem, printReport } from "./apply-report.ts";
import type { Terminal } from "./terminal.ts";

const organizationId = parseOrganizationId("acme") ?? expect.fail();
const change = (cutOff: string | null) => ({ organizationId, change: "a change", takesAway: true, cutOff });
const report = (stopped: string | null) => ({
  plan: { changes: [], steps: [], warnings: [] },
  linked: { byConnection: new Map([["acme-okta", 1]]), stopped },
  cacheMs: 1_500,
});
const REFUSED = "their tokens through it are refused within 2 s (IDENTITY_CACHE_MS)";

it.each([
  ["only the change when it cuts off no users", null, null, "acme: a change"],
  [
    "how many users a change cuts off",
    "acme-okta",
    null,
    `acme: a change. 1 person is linked through it: ${REFUSED}`,
  ],
  [
    "why the count of users is incomplete",
    "acme-okta",
    "TimeoutError",
    `acme: a change. At least 1 person is linked through it (not all were counted: TimeoutError): ${REFUSED}`,
  ],
])("describes %s", (_, cutOff, stopped, expected) => {
  expect(describeChange(change(cutOff), report(stopped))).toBe(expected);
});

const SELF_SERVICE = { kind: "self-service-connection", name: "acme-x1", owner: organizationId } as const;

it.each<[DeclarationProblem, string]>([
  [
    { ...SELF_SERVICE, isRemoved: false },
    "connection acme-x1 is set up by organization acme itself: leave it out of the file",
  ],
  [
    { ...SELF_SERVICE, isRemoved: true },
    "connection acme-x1 was set up and removed by organization acme itself: register another connection, with a name of its own",
  ],
  [
    { kind: "sso-without-connection", organizationId },
    "acme: enforceSso is on without an enabled connection: no user could sign in",
  ],
])("describes the problem %o", (problem, expected) => {
  expect(describeProblem(problem)).toBe(expected);
});

it("warns of what stays as it is", () => {
  const lines: string[] = [];
  const terminal: Terminal = {
    ...{ env: {}, ask: null, operator: "jo", out: () => {}, onStop: () => {} },
    err: (text) => lines.push(text),
    readInput: async () => "",
  };
  const domain = parseDomain("acme.example") ?? expect.fail();
  const warnings = [
    { kind: "domain-verified-by-dns", organizationId, domain },
    { kind: "connection-disabled", organizationId, name: "acme-sso" },
  ] as const;
  const noted = { ...report(null), plan: { changes: [], steps: [], warnings } };
  printReport(noted, { planned: true, json: undefined }, terminal);
  expect(lines.join("")).toBe(
    "warning: acme: domain acme.example is verified by DNS already: it stays so, and lapses if its record goes\n" +
      "warning: acme: connection acme-sso is switched off, and stays so: `connection set … --enabled on` switches it on\n",
  );
});
