import { describe, expect, it } from "vitest";
import { memoryPorts, NOW, resolver } from "../testing/memory-ports.ts";
import { claims, link, UNBOUNDED } from "../testing/people.ts";
import { judgedIn } from "./judged-login.ts";

const AT = Date.parse(NOW);

describe("what a first login has judged", () => {
  it.each([
    [0, true],
    [250, true],
    [251, false],
  ])("is its request's %i ms after it began to read: %s", async (ageMs, isSo) => {
    const identity = await resolver(memoryPorts())(claims(), UNBOUNDED);
    const judged = judgedIn(UNBOUNDED, identity, new Date(AT + ageMs));
    expect(judged).toEqual(isSo ? identity.judged : null);
    expect(identity.judged).toMatchObject({ link: { subject: claims().subject }, signal: UNBOUNDED });
  });

  it("decides for no other request, not even for one that waited for the same link", async () => {
    const ports = memoryPorts();
    const resolve = resolver(ports);
    const other = new AbortController().signal;
    const both = await Promise.all([resolve(claims(), UNBOUNDED), resolve(claims(), other)]);
    const judged = both.map((identity) => judgedIn(UNBOUNDED, identity, ports.now()));
    expect(judged.map((each) => each?.link.subject)).toEqual([claims().subject, claims().subject]);
    for (const identity of both) expect(judgedIn(other, identity, ports.now())).toBeNull();
  });

  it("is nothing where the link is older than the request", async () => {
    const ports = memoryPorts();
    await ports.identities.create(link());
    const identity = await resolver(ports)(claims(), UNBOUNDED);
    expect(judgedIn(UNBOUNDED, identity, ports.now())).toBeNull();
  });
});
