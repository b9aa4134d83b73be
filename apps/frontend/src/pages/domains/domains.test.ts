// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import type { Domain } from "../../organization/trusted-domains.ts";
import { controlTime } from "../../testing/control-time.ts";
import { JANE } from "../../testing/mocked-platform.ts";
import { type Console, type ConsoleOptions, heading, openConsole, says } from "../../testing/open-console.ts";
import { refusal } from "../../testing/refusals.ts";

const BEN = { email: "ben@acme.example", memberships: { acme: "admin" } } as const;

function openDomains(given: Partial<ConsoleOptions> = {}): Promise<Console> {
  const organizations = [{ id: "acme", name: "Acme" }];
  return openConsole({ organizations, users: [JANE, BEN], path: "/o/acme/domains", ...given });
}

const field = () => screen.findByRole<HTMLInputElement>("textbox", { name: "Domain" });

async function add({ user }: Console, domain: string): Promise<void> {
  await user.clear(await field());
  await user.type(await field(), `${domain}{Enter}`);
}

/** Resolves when a live line says this. */
async function line(text: string): Promise<void> {
  const says = ({ textContent }: Element) => textContent.includes(text);
  await waitFor(() => expect(screen.getAllByRole("status").filter(says), text).not.toEqual([]));
}

async function value(): Promise<string> {
  return (await screen.findByText(/^platform-api-domain=/)).textContent;
}

it("an owner adds the domain of their address, and sees it verified without a press", async () => {
  controlTime();
  const { platform, press, user } = await openDomains();
  await says("No domains yet");
  await waitFor(async () => expect((await field()).value).toBe("acme.example"));
  await press("Add domain");
  await line("Nothing there yet");
  await says("Nothing there yet. A new record can take minutes");
  await says("Add this TXT record at your DNS provider, and keep it");
  expect((await field()).value).toBe("");
  platform.setTxt("_platform-api.acme.example", await value());
  await vi.advanceTimersByTimeAsync(5_000);
  await line("People who sign in with @acme.example now join as members.");
  await line("Until you connect single sign-on, they press Join after signing in.");
  await user.click(screen.getByRole("link", { name: "Connect single sign-on" }));
  await heading("Sign-in");
});

it.each([
  ["is offered the domain of their own company, where the organization has none", [], "agency.example"],
  ["is not offered it where the organization has one", ["acme.example"], ""],
])("an admin from outside %s", async (_, domains, offered) => {
  const guest = { email: "gus@agency.example", memberships: { acme: "admin" } } as const;
  const organizations = [{ id: "acme", name: "Acme", domains }];
  await openDomains({ organizations, users: [JANE, guest], as: guest.email });
  await says(domains[0] ?? "No domains yet");
  await waitFor(async () => expect((await field()).value).toBe(offered));
});

it("each cell of the record can be copied, and the whole sent", async () => {
  const page = await openDomains();
  await add(page, "eu.acme.example");
  const copied = async (what: string) => {
    await page.press(`Copy ${what} of eu.acme.example`);
    return navigator.clipboard.readText();
  };
  expect(await copied("type")).toBe("TXT");
  expect(await copied("name")).toBe("_platform-api.eu.acme.example");
  expect(await copied("short name")).toBe("_platform-api.eu");
  await says("if your provider adds acme.example itself");
  expect(await copied("value")).toBe(await value());
  expect(await copied("whole record")).toContain(`Value: ${await value()}`);
  const refused = new DOMException("refused");
  vi.spyOn(navigator.clipboard, "writeText").mockRejectedValueOnce(refused).mockRejectedValueOnce(refused);
  await page.press("Copy type of eu.acme.example");
  await says("TXT", await screen.findByRole("alertdialog"));
  await page.press("Copy whole record of eu.acme.example");
  const toasts = () => [...document.querySelectorAll(".toast")].map(({ textContent }) => textContent);
  const hint = "Copying was refused by the browser. Select this text and copy it by hand:";
  await waitFor(() => expect(toasts()[0]).toContain(`${hint}Please add this DNS record`));
  expect(toasts(), "the one before is gone").toEqual([expect.stringContaining(`Value: ${await value()}`)]);
  const sent = screen.getByRole("link", { name: /^Send these to .+ runs your DNS$/ });
  expect(decodeURIComponent(sent.getAttribute("href") ?? "")).toContain(`Value: ${await value()}`);
});

it("a suggestion that arrives late does not get between what is typed", async () => {
  const { hold, user } = await openDomains({ path: "/o/acme/runs" });
  const release = hold("org.domains.list");
  await user.click(await screen.findByRole("link", { name: "Domains" }));
  await user.click(await field());
  release();
  await says("No domains yet");
  await user.keyboard("other.example");
  expect((await field()).value).toBe("other.example");
});

it("a lapsed domain comes back by a check, and a verified one shows no record", async () => {
  const page = await openDomains();
  const { platform, press } = page;
  await add(page, "lapsed.example");
  await line("Nothing there yet");
  const lapsed = (usual: Domain): Domain => ({ ...usual, state: "lapsed" });
  platform.change("org.domains.list", (usual) => usual.map(lapsed));
  await page.reload();
  await line("this domain no longer counts");
  platform.setTxt("_platform-api.lapsed.example", await value());
  await press("Check again: lapsed.example");
  await line("People who sign in with @lapsed.example now join as members.");
  await waitFor(() => expect(screen.queryByRole("button", { name: /^Check again/ })).toBeNull());
});

it("a domain that no customer can own is refused in the field, and nothing is lost", async () => {
  const why = "the domain is a public mail domain: its addresses belong to no organization";
  const message = `The request is not valid: ${why}`;
  const page = await openDomains({
    respond: ({ url }) =>
      url.includes("org.domains.claim") ? refusal("INPUT_INVALID", { message, status: 400 }) : undefined,
  });
  await add(page, "jane@gmail.com");
  await says("gmail.com is a public mail domain: its addresses belong to no organization.");
  expect((await field()).value).toBe("jane@gmail.com");
  await page.user.clear(await field());
  await page.user.keyboard("{Enter}");
  await says("Enter a domain, such as company.com.");
  const claims = page.sent.filter(({ called }) => called === "org.domains.claim");
  expect(claims.map(({ input }) => input)).toEqual([{ organizationId: "acme", domain: "gmail.com" }]);
});

it("releasing asks first, and a refusal is said where it was asked", async () => {
  const page = await openDomains();
  const { platform, press, user } = page;
  await add(page, "acme.example");
  platform.refuse("NOT_READY", { procedure: "org.domains.release", times: 1 });
  await press("Release acme.example");
  const dialog = within(await screen.findByRole("alertdialog", { name: "Release acme.example?" }));
  expect(platform.calls).not.toContain("org.domains.release");
  await user.click(dialog.getByRole("button", { name: "Release" }));
  await dialog.findByText(/^Single sign-on is required/);
  platform.calls.length = 0;
  await user.click(dialog.getByRole("button", { name: "Release" }));
  await says("No domains yet");
  expect(platform.calls).toContain("org.domains.release");
  expect(platform.calls).not.toContain("org.domains.list"); // what is behind it lags
});

it("an admin adds and checks, but does not release", async () => {
  const page = await openDomains({ as: BEN.email });
  await add(page, "acme.example");
  await says("Only owners can release it.");
  await screen.findByRole("button", { name: "Check now: acme.example" });
  expect(screen.queryByRole("button", { name: /^Release/ })).toBeNull();
});

it("a failed check keeps what was seen, and the next one recovers", async () => {
  const page = await openDomains();
  await add(page, "acme.example");
  await line("Nothing there yet");
  page.platform.refuse("INTERNAL", { procedure: "org.domains.check", times: 1 });
  await page.press("Check now: acme.example");
  await line("The last check failed. We try again automatically.");
  await line("Nothing there yet");
  await page.press("Check now: acme.example");
  await waitFor(() => expect(document.body.textContent).not.toContain("The last check failed."));
});
