import { expect, it } from "vitest";
import { memorySenderPorts } from "../answer/testing/memory-sender-ports.ts";
import { memoryPorts, VIA_ACME } from "../domain/testing/memory-ports.ts";
import { ACME, acmeAlone, claims, UNBOUNDED } from "../domain/testing/people.ts";
import { administratorTexts } from "./administrator-texts.ts";
import { Explainer } from "./explainer.ts";
import { judgePerson } from "./judge-person.ts";

it.each([
  ["fast", 0],
  ["slow", 1_000],
])(
  "says that a first login would make a member, and stores nothing, with %s upstreams",
  async (_, stepMs) => {
    let nowMs = Date.parse("2026-11-25T00:00:00.000Z");
    const now = () => {
      nowMs += stepMs;
      return new Date(nowMs);
    };
    const ports = memoryPorts(acmeAlone(), { now });
    const { storedLinks: links, ...services } = memorySenderPorts(ports);
    const explainer = new Explainer();
    const texts = administratorTexts({ organizationId: ACME, onUntrusted: () => {} });
    const stores = {
      ...services,
      links,
      windows: ports.identities.windows,
      directory: { find: async () => null },
    };
    await judgePerson(claims(VIA_ACME), stores, { explainer, texts }, UNBOUNDED);
    const said = {
      step: "organization",
      ok: true,
      saw: "the person would become member of the organization",
    };
    expect(explainer.explanation.steps).toContainEqual(said);
    expect(await links.find(claims(VIA_ACME), UNBOUNDED)).toBeNull();
  },
);
