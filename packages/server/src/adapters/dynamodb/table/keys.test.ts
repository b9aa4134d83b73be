import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDomain } from "../../../domain/index.ts";
import { entry, GLOBEX, JANE, JOE } from "../testing/examples.ts";
import { indexKeys, keys } from "./keys.ts";

/** Any string JavaScript can hold, lone surrogates included. */
const anything = fc
  .array(fc.nat({ max: 0xffff }), { maxLength: 255 })
  .map((units) => String.fromCharCode(...units));

describe("composed keys", () => {
  it("composes keys that can be parsed again, so that no two subjects share one", () => {
    fc.assert(
      fc.property(anything, anything, (tenant, subject) => {
        const { pk } = keys.link({ tenant, subject });
        expect(JSON.parse(pk.slice("SUBJECT#".length))).toEqual([tenant, subject]);
      }),
    );
  });

  it("composes keys that can be parsed again, so that no two seats share one", () => {
    fc.assert(
      fc.property(anything, anything, (tenant, connection) => {
        const { pk } = keys.seat({ tenant, connection, userId: JANE });
        expect(JSON.parse(pk.slice("SEAT#".length))).toEqual([tenant, connection, JANE]);
      }),
    );
  });

  it("composes well-formed keys, because UTF-8 encodes all lone surrogates alike", () => {
    fc.assert(
      fc.property(anything, (subject) => {
        expect(keys.link({ tenant: "default", subject }).pk.isWellFormed()).toBe(true);
      }),
    );
  });

  it("keeps keys within DynamoDB's limits for the longest subject and a tenant of 64 characters", () => {
    const longest = fc.string({
      unit: fc.constantFrom("\u0000", "\ud800", "€", "😀", '"', "\\"),
      maxLength: 255,
    });
    fc.assert(
      fc.property(longest, (subject) => {
        const { pk } = keys.link({ tenant: "t".repeat(64), subject: subject.slice(0, 255) });
        expect(Buffer.byteLength(pk)).toBeLessThanOrEqual(2_048);
        const indexed = {
          tenant: "t".repeat(64),
          subject: subject.slice(0, 255),
          userId: JANE,
          connection: "c",
        };
        for (const { gsi1pk, gsi1sk } of [indexKeys.link(indexed), indexKeys.seat(indexed)]) {
          expect(Buffer.byteLength(gsi1pk)).toBeLessThanOrEqual(2_048);
          expect(Buffer.byteLength(gsi1sk)).toBeLessThanOrEqual(1_024);
        }
      }),
      { examples: [["\u0000".repeat(255)], ["€".repeat(255)]] },
    );
  });
});

describe("the key of an audit entry", () => {
  it("is the same for the same entry, and sorts by time", () => {
    expect(keys.auditEntry(entry())).toEqual(keys.auditEntry(entry()));
    expect(keys.auditEntry(entry()).sk).toMatch(/^2026-11-24T12:00:00\.000Z#[0-9a-f]{64}$/);
  });

  it.each([
    { domain: parseDomain("acme.example") },
    { invitationId: "i1" },
    { before: {} },
    { after: { role: "admin" } },
    { holder: "waad|other" },
  ] as const)("is another one with %o", (more) => {
    expect(keys.auditEntry(entry(more)).sk).not.toBe(keys.auditEntry(entry()).sk);
  });

  it("does not depend on the order of the fields that changed, which the store does not keep", () => {
    const [one, other] = [
      { role: "admin", status: "active" },
      { status: "active", role: "admin" },
    ] as const;
    expect(keys.auditEntry(entry({ before: other, after: one }))).toEqual(
      keys.auditEntry(entry({ before: one, after: other })),
    );
    expect(indexKeys.auditEntry(entry({ after: other }))).toEqual(
      indexKeys.auditEntry(entry({ after: one })),
    );
  });
});

describe("the index key of an audit entry", () => {
  const indexed = (overrides: Parameters<typeof entry>[0] = {}) => indexKeys.auditEntry(entry(overrides));

  it("is of the organization and the month, and sorts by time", () => {
    const gsi1sk = expect.stringMatching(/^2026-11-24T12:00:00\.000Z#[0-9a-f]{64}$/);
    expect(indexed()).toEqual({ gsi1pk: "AUDIT#acme#2026-11", gsi1sk });
    expect(indexed({ organizationId: GLOBEX })?.gsi1pk).toBe("AUDIT#globex#2026-11");
    expect(indexed({ organizationId: null })).toBeNull();
  });

  it("depends on nothing that the organization does not see", () => {
    const hidden = {
      tenant: "other",
      subject: "samlp|acme|joe@acme.example",
      holder: "samlp|acme|ann@acme.example",
    };
    expect(indexed(hidden)).toEqual(indexed());
    expect(indexed({ actor: "operator:jo" })).toEqual(indexed({ actor: "operator:ann" }));
  });

  it.each([
    { userId: JOE },
    { action: "role-changed" },
    { actor: "system" },
    { after: { jit: true } },
  ] as const)("is another one with %o", (more) => {
    expect(indexed(more)).not.toEqual(indexed());
  });
});
