import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JANE } from "../testing/examples.ts";
import { keys } from "./keys.ts";

/** Any string JavaScript can hold, lone surrogates included. */
const anything = fc
  .array(fc.nat({ max: 0xffff }), { maxLength: 255 })
  .map((units) => String.fromCharCode(...units));

describe("composed keys", () => {
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
        expect(keys.seat({ tenant: "default", connection: subject, userId: JANE }).pk.isWellFormed()).toBe(
          true,
        );
      }),
    );
  });

  it("keeps keys within DynamoDB's limits for the longest name and a tenant of 64 characters", () => {
    const longest = fc.string({
      unit: fc.constantFrom("\u0000", "\ud800", "€", "😀", '"', "\\"),
      maxLength: 255,
    });
    fc.assert(
      fc.property(longest, (connection) => {
        const { pk } = keys.seat({ tenant: "t".repeat(64), connection, userId: JANE });
        expect(Buffer.byteLength(pk)).toBeLessThanOrEqual(2_048);
      }),
      { examples: [["\u0000".repeat(255)], ["€".repeat(255)]] },
    );
  });
});
