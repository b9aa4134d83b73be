// @vitest-environment happy-dom
import type { Reason } from "@platform-api/client";
import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { JANE } from "../../testing/mocked-platform.ts";
import { openConsole } from "../../testing/open-console.ts";
import { problemFor } from "../problems/error-reason.ts";
import { type AppReason, PROBLEMS } from "../problems/problems.ts";

/** These never come from platform-api. */
const OTHER_REASONS: ReadonlySet<string> = new Set<Exclude<AppReason, Reason>>([
  "PLATFORM_UNAVAILABLE",
  "RUNS_UNAVAILABLE",
  "IDENTITY_PROVIDER_UNAVAILABLE",
  "SIGN_IN_REFUSED",
  "SIGN_IN_LOST",
]);
const REASONS = Object.keys(PROBLEMS).filter((reason): reason is Reason => !OTHER_REASONS.has(reason));

it.each(REASONS)("%s from org.me is a page with its title, its reason and its actions", async (reason) => {
  const { platform, reload } = await openConsole({ path: "/account" });
  platform.refuse(reason);
  await reload();
  await waitFor(() => expect(document.querySelector("main code")?.textContent).toBe(reason));
  const headings = [...document.querySelectorAll("h1")].map(({ textContent }) => textContent);
  expect(headings).toEqual([problemFor(reason, { email: JANE.email }).title]);
  expect(document.title).toBe(`${problemFor(reason).title} · Platform`);
  const more = reason === "MEMBERSHIP_REMOVED" ? ["Ask to be restored", "Copy details"] : ["Copy details"];
  expect(document.querySelectorAll("main button").length).toBe(PROBLEMS[reason].actions.length + more.length);
});
