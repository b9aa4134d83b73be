import { describe, expect, it } from "vitest";
import { errorReason } from "../../../app/problems/error-reason.ts";
import { refuseUnlessDone, sharedRequest, type Verdict } from "./shared-request.ts";

describe("a request for many rows", () => {
  it("is sent once all rows are ready, and tells each its verdict", async () => {
    const asked: string[] = [];
    const send = sharedRequest<Verdict>(3, async (places) => {
      asked.push(places.join());
      return places.map((place) => ({ outcome: place === 1 ? "LAST_OWNER" : "changed" }));
    });
    const [first, second] = [send(0), send(1)];
    await Promise.resolve();
    expect(asked).toEqual([]);
    const outcomes = await Promise.all([first, second, send(2)]);
    expect(asked).toEqual(["0,1,2"]);
    expect(outcomes.map((verdict) => verdict?.outcome)).toEqual(["changed", "LAST_OWNER", "changed"]);
  });

  it("asks again for what was not reached, until that leads nowhere", async () => {
    const asked: string[] = [];
    const send = sharedRequest<Verdict>(4, async (places) => {
      asked.push(places.join());
      return places.map((place) => ({
        outcome: place < 2 * asked.length && place < 3 ? "changed" : "not-reached",
      }));
    });
    const outcomes = await Promise.all([0, 1, 2, 3].map(send));
    expect(asked).toEqual(["0,1,2,3", "2,3", "3"]);
    expect(outcomes.map((verdict) => verdict?.outcome)).toEqual([
      "changed",
      "changed",
      "changed",
      "not-reached",
    ]);
  });

  it("fails for every row when it fails", async () => {
    const send = sharedRequest<Verdict>(2, () => Promise.reject(new Error("down")));
    await Promise.all([0, 1].map((place) => expect(send(place)).rejects.toThrow("down")));
  });
});

it.each([
  ["changed", null],
  ["unchanged", null],
  ["LAST_OWNER", "LAST_OWNER"],
  ["not-reached", "OVERLOADED"],
  [undefined, "OVERLOADED"],
] as const)("the outcome %s is the refusal %s", (outcome, reason) => {
  const refused = () => {
    try {
      refuseUnlessDone(outcome);
      return null;
    } catch (error) {
      return errorReason(error);
    }
  };
  expect(refused()).toBe(reason);
});
