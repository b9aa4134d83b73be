import fc from "fast-check";
import { expect, it } from "vitest";
import { Units } from "./units.ts";

const ids = fc.constantFrom(..."abcdefghij");
const rows = fc.array(
  fc.record({ key: fc.array(ids, { maxLength: 2 }), others: fc.array(ids, { maxLength: 2 }) }),
);

it("puts the key of a row together, and everything else of the row before it or with it", () => {
  fc.assert(
    fc.property(rows, (all) => {
      const units = new Units();
      for (const { key, others } of all) units.add(key, others);
      units.arrange();
      for (const { key, others } of all) {
        const places = key.map((id) => units.placeOf(id) ?? -1);
        expect(new Set(places).size).toBeLessThanOrEqual(1);
        for (const other of others)
          expect(units.placeOf(other)).toBeLessThanOrEqual(places[0] ?? units.count);
      }
    }),
  );
});

it("puts apart what nothing ties, and together what a circle does", () => {
  const units = new Units();
  for (const [key = "", other = ""] of ["ab", "bc", "ca", "de", "ff"]) units.add([key], [other]);
  units.arrange();
  const [a, b, c, d = -1, e = -1, f] = [..."abcdef"].map((id) => units.placeOf(id));
  expect([a === b && b === c, (e ?? -1) < (d ?? -1), new Set([a, d, e, f]).size, units.count]).toEqual([
    true,
    true,
    4,
    4,
  ]);
  expect(units.placeOf("z")).toBeNull();
});

it("follows a chain of 20,000 without running out of stack", () => {
  const units = new Units();
  for (let at = 1; at < 20_000; at += 1) units.add([`${at}`], [`${at - 1}`]);
  units.arrange();
  expect([units.placeOf("0"), units.placeOf("19999"), units.count]).toEqual([0, 19_999, 20_000]);
});
