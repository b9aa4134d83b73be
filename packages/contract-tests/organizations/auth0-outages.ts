import type { Management, Outcome } from "@platform-api/dev/identity-provider";

/** Plants a fault in a call of Auth0's Management API; `*` stands for every call. */
type Plant = (management: Management, call: string) => void;

const instead = (outcome: Outcome): Plant => {
  return (management, call) => management.instead(call, outcome);
};

/** What Auth0 does, beside what it should. Every one is an outage. */
export const OUTAGES: readonly (readonly [string, Plant])[] = [
  ["is down", instead("drop")],
  ["hangs", instead("hang")],
  [
    "answers with HTML",
    instead({ status: 200, headers: { "content-type": "text/html" }, body: "<h1>Sign in</h1>" }),
  ],
  ["answers with wrong types", instead({ status: 200, body: [{ id: 7, name: true, strategy: null }] })],
  [
    "answers with a huge body",
    (management, call) =>
      management.alter(call, ({ status, body }) => {
        return { status, body: `${JSON.stringify(body)}${" ".repeat(300_000)}` };
      }),
  ],
  ["redirects", instead({ status: 302, headers: { location: "/api/v2/elsewhere" } })],
  ["does not accept its token", instead({ status: 401, body: {} })],
  ["lacks the scope", instead({ status: 403, body: {} })],
  ["is asked too often", instead({ status: 429, headers: { "retry-after": "60" }, body: {} })],
  ["is busy", instead({ status: 503, body: {} })],
  ["has a conflict of names", instead({ status: 409, body: {} })],
];
