import type { FreshToken } from "@platform-api/client/react";
import { expect, it } from "vitest";
import { sessionCalls } from "./session-calls.ts";

const given: FreshToken = { call: (attempt) => attempt("token") };

it("calls in progress when the session ends never settle, and later calls do", async () => {
  const { token, end } = sessionCalls(given);
  const settled: string[] = [];
  const before = [Promise.resolve("success"), Promise.reject(new Error("failure"))].map((answer) =>
    token
      .call(() => answer)
      .then(
        () => settled.push("success"),
        () => settled.push("failure"),
      ),
  );
  end();
  expect(before).toHaveLength(2);
  expect(await token.call(async () => "later")).toBe("later");
  await expect(token.call(async () => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
  expect(settled).toEqual([]);
});
