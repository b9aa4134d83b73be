import { type Found, parseDomain, parseOrganizationId } from "@platform-api/server/domain";
import { expect, it } from "vitest";
import { describeDomain } from "./words.ts";

const acme = parseOrganizationId("acme") ?? expect.fail();
const domain = parseDomain("acme.example") ?? expect.fail();
const record = {
  type: "TXT",
  host: "_platform-api",
  name: "_platform-api.acme.example",
  value: "platform-api=1",
} as const;
const NOTHING_FOUND = { values: [], seenBy: 0, resolvers: 2 };

it.each<[Partial<Found> & Pick<Found, "kind">, string]>([
  [
    { kind: "nothing" },
    "There is no TXT record at _platform-api.acme.example. A new record may take minutes to be seen.",
  ],
  [
    { kind: "wrongValue", values: ["a\u001b[31m"] },
    "The TXT record at _platform-api.acme.example has another value:\n  a\\u{1b}[31m",
  ],
  [{ kind: "atApex" }, "The record is at acme.example itself. Move it to the host _platform-api."],
  [
    { kind: "doubledDomain" },
    "The record is at _platform-api.acme.example.acme.example, because the DNS provider appends the domain. Enter only the host _platform-api.",
  ],
  [
    { kind: "oneResolver", seenBy: 1 },
    "1 of 2 resolvers see the record. Wait until the change has reached all name servers of the domain.",
  ],
  [
    { kind: "unreachable" },
    "The record could not be looked up, because DNS has not answered. Try again, or see DNS_RESOLVERS.",
  ],
])("says in words what was found in place of the record: %o", (found, words) => {
  const view = {
    domain,
    state: "pending",
    verifiedBy: null,
    checkedAt: null,
    lapsesAt: null,
    record,
  } as const;
  expect(describeDomain(acme, { ...view, found: { ...NOTHING_FOUND, ...found } })).toBe(
    `acme.example is claimed, and not verified yet.\n${words}
The TXT record to set at the DNS provider:
  host   _platform-api   (in full: _platform-api.acme.example)
  value  platform-api=1
Then run \`platform-api domain check acme acme.example\`.
`,
  );
});
