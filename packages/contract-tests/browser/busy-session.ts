import { isUserId } from "@platform-api/server/wire";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { pass, reset } from "../simulator/faults.ts";
import { fresh } from "../simulator/people.ts";
import {
  accessToken,
  type BrowserSuite,
  heading,
  signInByPassword,
  signInBySso,
  signOut,
  startRun,
  userIdOn,
} from "./browser-suite.ts";
import { busyMs } from "./config.ts";
import type { FullStack } from "./full-stack.ts";

/** A second login must find the first one's user. */
const ROUNDS = 2;

/** One user for each kind of login, because the login decides the format of the subject. */
const SIGN_INS: readonly ((page: Page, stack: FullStack) => Promise<void>)[] = [
  bySso(`${fresh("waad")}@acme.example`, "Continue with Acme"),
  bySso(`${fresh("samlp")}@globex.example`, "Continue with Globex"),
  bySso(`${fresh("okta")}@umbrella.example`, "Continue with Umbrella"),
  (page, stack) => signInByPassword(page, stack, "contractor@freelance.example"),
];

function bySso(email: string, option: string) {
  return (page: Page, stack: FullStack) => signInBySso(page, stack, email, option);
}

/** Also checks what the tests before it left in the logs and in the store. */
export function busySessionTests(suite: BrowserSuite): void {
  it("only user ids reach agentic-backend's store and the logs, never a subject, an address or a token", {
    timeout: busyMs + 300_000,
  }, async (test) => {
    const { stack } = suite;
    const end = performance.now() + busyMs;
    const userIds = await Promise.all(
      SIGN_INS.map(async (signIn) => {
        const page = await suite.newPage(test);
        const seen: string[] = [];
        do {
          await signIn(page, stack);
          await heading(page, "Runs").waitFor();
          const token = await accessToken(page);
          await startRun(page, `Round ${seen.length}`);
          await page.reload();
          seen.push(await userIdOn(page));
          await Promise.all([
            useApi(stack, token),
            page.getByRole("link", { name: "Runs", exact: true }).click(),
          ]);
          await signOut(page);
        } while (seen.length < ROUNDS || performance.now() < end);
        expect(new Set(seen).size).toBe(1);
        return seen[0];
      }),
    );

    const rows = await stack.runs();
    // Of runs and their documents. What else is there says which process works on which of them.
    const owners = rows.map(({ pk }) => String(pk).split("#")[1]).filter((owner) => owner !== undefined);
    for (const owner of owners) expect(owner).toSatisfy(isUserId);
    expect(owners).toEqual(expect.arrayContaining(userIds));
    expect(stack.log.length).toBeGreaterThan(100);
    for (const line of [...stack.log, ...rows.map((row) => JSON.stringify(row))]) {
      expect(line).not.toMatch(/\||@|eyJ|%7C|%40/i); // a subject, an address or a token, also URL-encoded
    }
  });
}

/** Valid and invalid calls to both services, during an outage of the directory. */
async function useApi({ platformApi, agenticBackend, directory }: FullStack, token: string): Promise<void> {
  const forged = `${token.slice(0, -8)}AAAAAAAA`;
  const statuses: number[] = [];
  directory.fault = reset;
  for (const credential of [token, forged, "waad|not-a-token", ""]) {
    const calls = [
      ...["/validate", "/check?organizationId=acme", "/organizations/me", "/nothing?x=waad%7Cy"].map((path) =>
        fetch(`${platformApi.url}${path}`, { headers: { "x-user-token": credential } }),
      ),
      ...["/runs", "/runs/waad%7Cy", "/runs?cursor=jane%40acme.example"].map((path) =>
        fetch(`${agenticBackend.url}${path}`, { headers: { authorization: `Bearer ${credential}` } }),
      ),
    ];
    statuses.push(...(await Promise.all(calls)).map(({ status }) => status));
  }
  directory.fault = pass;
  expect(statuses).toContain(200);
  expect(statuses).toContain(401);
}
