import { describe, expect, it } from "vitest";
import type { MemoryIdentities } from "../../memory/identities.ts";
import { memoryPorts, resolver, VIA_ACME } from "../testing/memory-ports.ts";
import { claims, JANE, JOE, link, SEAT, UNBOUNDED } from "../testing/people.ts";
import type { VerifiedClaims } from "../token/claims.ts";

type Claims = Partial<VerifiedClaims>;
const BY_PLATFORM = { login: { via: "platform" } };
const LEGACY: Claims = { source: "platform", subject: JANE, connection: null };

describe("a trace", () => {
  type Steps = readonly (readonly [name: string, facts: object])[];
  const BEFORE: Steps = [
    ["person", {}],
    ["connection", {}],
    ["address", {}],
  ];
  const REVOCATION = [
    "revocation",
    { token: { issuedAt: 0, sid: null }, facts: null, signOut: null },
  ] as const;
  const BLOCKED = ["blocked", { userId: JANE }] as const;
  const KNOWN: Steps = [BLOCKED, REVOCATION, ["link", { isNew: false }]];
  const linked = (identities: MemoryIdentities) => identities.create(link());
  /** The holder lost a race: another user's by now, they never come for the seat. */
  const heldByJoe = async (identities: MemoryIdentities) => {
    await identities.takeSeat(SEAT, "waad|lost");
    await identities.create(link({ subject: "waad|lost", userId: JOE }));
  };
  const first = (isSigned: boolean, gaveWay: boolean): Steps => [
    ...BEFORE,
    REVOCATION,
    ["first login", {}],
    ["user", { userId: JANE, created: false, isSigned }],
    BLOCKED,
    REVOCATION,
    ["speakers", { speakers: { userId: JANE } }],
    ["seat", { subject: "waad|old", gaveWay }],
    ["link", { isNew: true }],
  ];

  it.each<[string, Claims, (identities: MemoryIdentities) => Promise<unknown>, Steps]>([
    ["of a first login", VIA_ACME, async () => {}, first(false, false)],
    ["of a signed user id that takes a seat over", { userId: JANE }, heldByJoe, first(true, true)],
    ["of a linked subject", VIA_ACME, linked, [...BEFORE, ...KNOWN]],
    [
      "of a delegated token",
      { ...VIA_ACME, actor: { subject: "waad|lost", clientId: "agent" } },
      async (identities) => {
        await linked(identities);
        await heldByJoe(identities);
      },
      [
        ["person", {}],
        ["delegation", { actor: { clientId: "agent", userId: JOE } }],
        ["connection", {}],
        ["address", {}],
        ...KNOWN,
      ],
    ],
    [
      "of a legacy token",
      LEGACY,
      async () => {},
      [["person", {}], ["connection", BY_PLATFORM], BLOCKED, REVOCATION],
    ],
  ])("%s has each rule in its order, with what it decided on", async (_, overrides, prepare, expected) => {
    const ports = memoryPorts();
    await prepare(ports.identities);
    const seen: [string, unknown][] = [];
    await resolver(ports)(claims(overrides), UNBOUNDED, {
      rule: (name, facts, check) => {
        seen.push([name, facts]);
        return check();
      },
    });
    expect(seen).toMatchObject(expected);
  });
});
