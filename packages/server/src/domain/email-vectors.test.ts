import { describe, expect, it } from "vitest";
import { HAS_VECTORS, readVectors } from "../testing/published-vectors/config.ts";
import { parseDomain, parseEmail } from "./email.ts";

/** Beyond UTS-46 we want two labels at least, letters, digits and hyphens, DNS lengths, no IP address. */
function isAdmissible(input: string, output: string): boolean {
  const labels = output.split(".");
  return (
    Math.max(input.length, output.length) <= 253 &&
    !/[\0-,/:-@[-`{-\x7f]/.test(input) &&
    labels.length >= 2 &&
    labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? "")
  );
}

interface IdnaCase {
  readonly input: string;
  readonly output: string | null;
}

interface FormatCase {
  readonly description: string;
  readonly data: unknown;
  readonly valid: boolean;
}

function formatCases(format: string): { description: string; data: string; valid: boolean }[] {
  const groups: { tests: FormatCase[] }[] = readVectors("json-schema-format", `${format}.json`);
  return groups
    .flatMap(({ tests }) => tests)
    .flatMap(({ description, data, valid }) =>
      typeof data === "string" ? [{ description, data, valid }] : [],
    );
}

describe.skipIf(!HAS_VECTORS)("published vectors", () => {
  it.each(["IdnaTestV2.json", "toascii.json"])(
    "T44 a domain of %s has the A-label that UTS-46 gives it, or none",
    (file) => {
      const entries: unknown[] = readVectors("idna", file);
      const cases = entries.filter((entry): entry is IdnaCase => typeof entry === "object" && entry !== null);
      const wrong = cases.filter(({ input, output }) => {
        const expected = output !== null && isAdmissible(input, output) ? output : null;
        return parseDomain(input) !== expected;
      });
      expect(cases.length).toBeGreaterThan(80);
      expect(wrong).toEqual([]);
    },
  );

  it("T44 accepts every valid host name; what it accepts beyond them is UTS-46's leniency, and canonical", () => {
    const cases = [...formatCases("hostname"), ...formatCases("idn-hostname")];
    const read = cases.map(({ data, ...rest }) => {
      const labels = data.split(/[.\u3002\uff0e\uff61]/);
      return { ...rest, data, domain: parseDomain(labels.length > 1 ? data : `${data}.example`) };
    });
    expect(read.filter(({ valid, domain }) => valid && domain === null)).toEqual([]);
    for (const { domain } of read) {
      if (domain === null) continue;
      expect(domain).toMatch(/^[a-z0-9.-]+$/);
      expect(parseDomain(domain)).toBe(domain);
    }
    // IDNA 2008 judges contexts and A-labels that UTS-46 lets pass: 45 names, none of which is another's form.
    expect(read.filter(({ valid, domain }) => !valid && domain !== null)).toHaveLength(45);
  });

  it("T45 refuses every invalid address, and of the valid ones just the forms we do not take", () => {
    const cases = [...formatCases("email"), ...formatCases("idn-email")];
    expect(cases.filter(({ data, valid }) => !valid && parseEmail(data) !== null)).toEqual([]);
    const refused = cases.filter(({ data, valid }) => valid && parseEmail(data) === null);
    const isOtherForm = (data: string) => {
      const local = data.slice(0, data.lastIndexOf("@"));
      // A quoted local part, a local part outside ASCII, an address literal.
      return local.startsWith('"') || /[^\x21-\x7e]/.test(local) || data.includes("@[");
    };
    expect(refused.filter(({ data }) => !isOtherForm(data))).toEqual([]);
    expect(cases.length).toBeGreaterThan(20);
  });
});
