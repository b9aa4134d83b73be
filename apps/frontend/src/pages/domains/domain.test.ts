import { expect, it } from "vitest";
import type { Domain } from "../../organization/trusted-domains.ts";
import { checkIntervalMs } from "./check-interval.ts";
import { type DnsRecord, registeredOf, withDomain, withNewerChecks } from "./domain.ts";
import { recordLetter } from "./record-letter.ts";

const RECORD: DnsRecord = {
  type: "TXT",
  host: "_platform-api.eu",
  name: "_platform-api.eu.acme.com",
  value: "platform-api-domain=1f",
};

function domain(name: string, checkedAt: string | null = null): Domain {
  return {
    domain: name,
    state: "pending",
    verifiedBy: null,
    record: RECORD,
    found: null,
    checkedAt,
    lapsesAt: null,
  };
}

it("the registered domain is what the provider adds", () => {
  expect(registeredOf(RECORD)).toBe("acme.com");
  expect(registeredOf({ ...RECORD, host: RECORD.name })).toBe("");
});

it("a domain is put into the list once, by its name", () => {
  const list = withDomain(withDomain([domain("b.com")], domain("a.com")), domain("b.com", "2026-01-01"));
  expect(list.map((each) => [each.domain, each.checkedAt])).toEqual([
    ["a.com", null],
    ["b.com", "2026-01-01"],
  ]);
});

it("a list that lags behind does not undo a check", () => {
  const loaded = [domain("a.com"), domain("b.com", "2026-01-02"), domain("c.com")];
  const known = [domain("a.com", "2026-01-01"), domain("b.com", "2026-01-01"), domain("gone.com")];
  const list = withNewerChecks(loaded, known);
  expect(list).toEqual([known[0], loaded[1], loaded[2]]);
  expect(withNewerChecks(loaded)).toEqual(loaded);
});

it("the letter has the record in both spellings, with lines that mail programs keep", () => {
  const { text, href } = recordLetter("eu.acme.com", RECORD);
  expect(text).toContain(
    "Name: _platform-api.eu.acme.com (only _platform-api.eu if your provider adds acme.com itself)\nValue: platform-api-domain=1f\n",
  );
  const { protocol, searchParams } = new URL(href);
  expect(protocol).toBe("mailto:");
  expect(searchParams.get("subject")).toBe("A DNS record for eu.acme.com");
  expect(searchParams.get("body")).toBe(text.replaceAll("\n", "\r\n"));
  expect(recordLetter("acme.com", { ...RECORD, host: RECORD.name }).text).not.toContain("only");
});

it.each([
  [{ watchedMs: 0, domains: 1 }, 5_000],
  [{ watchedMs: 119_999, domains: 1 }, 5_000],
  [{ watchedMs: 120_000, domains: 1 }, 30_000],
  [{ watchedMs: 0, domains: 3 }, 15_000],
  [{ watchedMs: 120_000, domains: 3 }, 30_000],
  [{ watchedMs: 120_000, domains: 20 }, 100_000],
])("%o: a check every %i ms", (pace, ms) => {
  expect(checkIntervalMs(pace)).toBe(ms);
});
