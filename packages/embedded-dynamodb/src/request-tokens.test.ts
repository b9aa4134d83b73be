import { expect, it } from "vitest";
import { RequestTokens, TOKEN_MS } from "./request-tokens.ts";

/** Tokens with a clock of their own, and a request that counts how often it ran. */
function setUp() {
  let now = 0;
  let runs = 0;
  const tokens = new RequestTokens<object>(() => now);
  return {
    tokens,
    wait(ms: number) {
      now += ms;
    },
    run: async () => {
      runs += 1;
      return { runs };
    },
  };
}

it("remembers a token for ten minutes after its request was completed", async () => {
  const { tokens, run, wait } = setUp();
  expect(await tokens.once("a", { n: 1 }, run)).toEqual({ runs: 1 });
  wait(TOKEN_MS - 1);
  expect(await tokens.once("a", { n: 1 }, run)).toEqual({ runs: 1 });
  wait(1);
  expect(await tokens.once("a", { n: 1 }, run)).toEqual({ runs: 2 });
});

it("counts the time from the completion, also of requests that overtake each other", async () => {
  const { tokens, run, wait } = setUp();
  const { promise, resolve } = Promise.withResolvers<object>();
  const slow = tokens.once("slow", {}, () => promise);
  await tokens.once("quick", {}, run);
  wait(TOKEN_MS / 2);
  resolve({ slow: true });
  await slow;
  wait(TOKEN_MS / 2);
  expect(await tokens.once("slow", {}, run)).toEqual({ slow: true });
  expect(await tokens.once("quick", {}, run)).toEqual({ runs: 2 });
});

it("knows the same input by its content, not by the order of its members", async () => {
  const { tokens, run } = setUp();
  await tokens.once("a", { list: [1, 2], item: { x: 1, y: 2 } }, run);
  expect(await tokens.once("a", { item: { y: 2, x: 1 }, list: [1, 2] }, run)).toEqual({ runs: 1 });
  await expect(tokens.once("a", { item: { y: 2, x: 1 }, list: [2, 1] }, run)).rejects.toMatchObject({
    body: { __type: expect.stringMatching(/#IdempotentParameterMismatchException$/) },
  });
});

it("refuses a token whose request is in progress, and forgets one whose request failed", async () => {
  const { tokens, run } = setUp();
  const { promise, reject } = Promise.withResolvers<object>();
  const failing = tokens.once("a", {}, () => promise);
  await expect(tokens.once("a", {}, run)).rejects.toMatchObject({
    body: { __type: expect.stringMatching(/#TransactionInProgressException$/) },
  });
  reject(new Error("refused"));
  await expect(failing).rejects.toThrow("refused");
  expect(await tokens.once("a", {}, run)).toEqual({ runs: 1 });
});
