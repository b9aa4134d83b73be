import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entry, GLOBEX, JANE } from "../testing/examples.ts";
import { identified, indexKeys, keys } from "./keys.ts";

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
        for (const { pk, sk } of [
          indexKeys.link(indexed.userId, indexed),
          indexKeys.seat(indexed, indexed),
        ]) {
          expect(Buffer.byteLength(pk)).toBeLessThanOrEqual(2_048);
          expect(Buffer.byteLength(sk)).toBeLessThanOrEqual(1_024);
        }
      }),
      { examples: [["\u0000".repeat(255)], ["€".repeat(255)]] },
    );
  });
});

describe("the keys of an audit entry", () => {
  const stored = (overrides: Parameters<typeof entry>[0] = {}) => identified(entry(overrides));
  const position = expect.stringMatching(/^2026-11-24T12:00:00\.000Z#[0-9a-f]{64}$/);

  it("sort by time, and are others for another entry with the same content", () => {
    expect(keys.auditEntry(stored()).sk).toEqual(position);
    expect(keys.auditEntry(stored()).sk).not.toBe(keys.auditEntry(stored()).sk);
  });

  it("are in the index of the organization and the month", () => {
    const acmes = { index: "byOrganization", pk: "AUDIT#acme#2026-11", sk: position };
    expect(indexKeys.auditEntry(stored())).toEqual([acmes]);
    expect(indexKeys.auditEntry(stored({ organizationId: GLOBEX }))).toEqual([
      { ...acmes, pk: "AUDIT#globex#2026-11" },
    ]);
    expect(indexKeys.auditEntry(stored({ organizationId: null }))).toEqual([]);
  });
});
