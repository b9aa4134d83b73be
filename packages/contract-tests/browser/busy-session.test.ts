import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { pass, reset } from "../faults/faults.ts";
import { fresh } from "../platform/people.ts";
import { busyMs } from "./config.ts";
import type { House } from "./house.ts";
import {
  accessToken,
  describeInBrowser,
  heading,
  signInByPassword,
  signInBySso,
  signOut,
  startRun,
  userIdOn,
} from "./visit.ts";

/** One person for each kind of login, which is the shape of their subject. */
const PEOPLE: readonly ((page: Page, house: House) => Promise<void>)[] = [
  bySso(`${fresh("waad")}@acme.example`, "Continue with Acme"),
  bySso(`${fresh("samlp")}@globex.example`, "Continue with Globex"),
  bySso(`${fresh("okta")}@umbrella.example`, "Continue with Umbrella"),
  (page, house) => signInByPassword(page, house, "contractor@freelance.example"),
];

function bySso(email: string, way: string) {
  return (page: Page, house: House) => signInBySso(page, house, email, way);
}

describeInBrowser(`a busy session of ${busyMs / 1_000} s in browsers and against the API`, (visits) => {
  it("leaves UUIDs alone in agentic-backend's store and in every log", {
    timeout: busyMs + 120_000,
  }, async (test) => {
    const { house } = visits;
    const end = performance.now() + busyMs;
    const seen = await Promise.all(
      PEOPLE.map(async (signIn) => {
        const page = await visits.newPage(test);
        const userIds = new Set<string>();
        let rounds = 0;
        do {
          await signIn(page, house);
          await heading(page, "Runs").waitFor();
          const token = await accessToken(page);
          await startRun(page, `Round ${rounds}`);
          await page.reload();
          userIds.add(await userIdOn(page));
          await Promise.all([
            useApi(house, token),
            page.getByRole("link", { name: "Runs", exact: true }).click(),
          ]);
          await signOut(page);
          rounds += 1;
        } while (performance.now() < end);
        return { userIds, rounds };
      }),
    );
    for (const { userIds } of seen) expect(userIds.size).toBe(1);

    const rows = await house.runs();
    expect(rows.length).toBeGreaterThanOrEqual(PEOPLE.length);
    const owners = new Set(rows.map(({ pk }) => String(pk).split("#")[1]));
    expect(owners).toEqual(new Set(seen.flatMap(({ userIds }) => [...userIds])));
    expect(house.log.length).toBeGreaterThan(100);
    for (const line of [...house.log, ...rows.map((row) => JSON.stringify(row))]) {
      expect(line).not.toMatch(/\||@|eyJ|%7C|%40/i); // a subject, an address, a token, as they are or in a URL
    }
  });
});

/** What scripts do: right and wrong calls at both services, with an outage in between. */
async function useApi({ platformApi, agenticBackend, directory }: House, token: string): Promise<void> {
  const forged = `${token.slice(0, -8)}AAAAAAAA`;
  const calls = [token, forged, "waad|not-a-token", ""].flatMap((credential) => [
    ...["/validate", "/check?organizationId=acme", "/organizations/me", "/nothing?x=waad%7Cy"].map((path) =>
      fetch(`${platformApi.url}${path}`, { headers: { "x-user-token": credential } }),
    ),
    ...["/runs", "/runs/waad%7Cy", "/runs?cursor=jane%40acme.example"].map((path) =>
      fetch(`${agenticBackend.url}${path}`, { headers: { authorization: `Bearer ${credential}` } }),
    ),
  ]);
  directory.fault = reset;
  const answers = await Promise.all(calls);
  await sleep(50);
  directory.fault = pass;
  expect(answers.some(({ status }) => status === 200)).toBe(true);
  expect(answers.some(({ status }) => status === 401)).toBe(true);
}
