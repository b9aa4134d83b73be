import type { Page } from "playwright-core";
import { expect, it, type TestContext } from "vitest";
import type { Fault } from "../faults/fault-proxy.ts";
import { hang, only, pass, reset, resetAfterCommit } from "../faults/faults.ts";
import { fresh } from "../platform/people.ts";
import { failing } from "./failing.ts";
import { look } from "./look.ts";
import {
  button,
  describeInBrowser,
  giveAddress,
  heading,
  passLogin,
  signInBySso,
  startRun,
} from "./visit.ts";

describeInBrowser("an outage", (visits) => {
  const join = async (name: string, test: TestContext): Promise<Page> => {
    const page = await visits.newPage(test);
    await signInBySso(page, visits.house, `${fresh(name)}@globex.example`, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    return page;
  };

  it("of platform-api is said before and after the sign-in, and ends without a reload", async (test) => {
    const { house } = visits;
    const signedIn = await join("platform", test);
    const page = await visits.newPage(test);
    house.platformApi.fault = reset;
    await giveAddress(page, house, `${fresh("early")}@globex.example`);
    await heading(page, "Platform is not answering").waitFor();
    await heading(signedIn, "Platform is not answering").waitFor();
    house.platformApi.fault = pass;
    await heading(page, "Choose how to sign in").waitFor();
    await heading(signedIn, "Runs").waitFor();
    await startRun(signedIn, "Afterwards");
  });

  it("of the directory is said to a first-time person, who then gets in without a reload", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    house.directory.fault = reset;
    await signInBySso(page, house, `${fresh("unknown")}@globex.example`, "Continue with Globex");
    await heading(page, "We cannot look you up at the moment").waitFor();
    await page.getByText("DIRECTORY_UNAVAILABLE").waitFor();
    house.directory.fault = pass;
    await heading(page, "Runs").waitFor();
  });

  it("of agentic-backend leaves the rest at work, loses nothing that was typed, and ends without a reload", async (test) => {
    const { house } = visits;
    const page = await join("backend", test);
    house.agenticBackend.fault = reset;
    await page.getByRole("link", { name: "Organizations" }).first().click();
    await page.getByText("Your organizations").waitFor();
    await page.getByRole("link", { name: "Runs", exact: true }).first().click();
    await page.getByRole("heading", { name: "Runs are not available at the moment" }).waitFor();
    await page.getByLabel("What should be done?").fill("Not lost");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "We do not know whether your run was started" }).waitFor();
    expect(await page.getByText("by itself").count()).toBe(2); // of the list, whose notice says so twice
    await look(page, "run-not-started");
    house.agenticBackend.fault = pass;
    await page.getByRole("heading", { name: "No runs yet" }).waitFor();
    expect(await heading(page, "Runs").count()).toBe(1);
    await button(page, "Start it again").click();
    await page.getByRole("link", { name: "Not lost" }).waitFor();
    expect(
      await page.getByRole("heading", { name: "We do not know whether your run was started" }).count(),
    ).toBe(0);
  });

  it("that swallows an answer alone is over when the list has the run, which is there once", async (test) => {
    const { house } = visits;
    const page = await join("swallowed", test);
    house.agenticBackend.fault = only(({ request }) => request.method === "POST", resetAfterCommit);
    await page.getByLabel("What should be done?").fill("Only once");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Only once" }).waitFor();
    house.agenticBackend.fault = pass;
    await page.getByRole("heading", { name: "We do not know" }).waitFor({ state: "detached" });
    expect(await page.getByLabel("What should be done?").inputValue()).toBe("");
    expect(await page.getByRole("link", { name: "Only once" }).count()).toBe(1);
  });

  it("of agentic-backend that is silent is wondered about, and said after one wait", async (test) => {
    const { house } = visits;
    const page = await join("silent", test);
    house.agenticBackend.fault = hang;
    await page.reload();
    await page.getByText("Taking longer than usual.").waitFor();
    const notice = page.getByRole("heading", { name: "Runs are not available at the moment" });
    await notice.waitFor({ timeout: 10_000 });
    house.agenticBackend.fault = pass;
  });

  it("while somebody joins is said, and they join again themselves", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    await signInBySso(page, house, `${fresh("joiner")}@umbrella.example`, "Continue with Umbrella");
    await heading(page, "Runs").waitFor();
    await page.getByRole("link", { name: "Organizations" }).first().click();
    house.platformApi.fault = only(({ request }) => request.method === "POST", reset);
    await button(page, "Join Umbrella Retail").click();
    await page.getByRole("heading", { name: "You have not joined Umbrella Retail" }).waitFor();
    expect(await page.getByText("Trying again by itself").count()).toBe(0);
    await look(page, "not-joined");
    house.platformApi.fault = pass;
    await button(page, "Join Umbrella Retail").click();
    await page.getByText("Your workflow runs in Umbrella Retail.").waitFor();
  });

  it("of the sign-in service is said on the way there and on the way back, and is waited for", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    const unreachable = `${house.issuer}**`;
    await page.route(unreachable, (route) => route.abort("connectionrefused"));
    await giveAddress(page, house, `${fresh("patient")}@globex.example`);
    await button(page, "Continue with Globex").click();
    await heading(page, "The sign-in service is not answering").waitFor();
    await page.unroute(unreachable);
    await page.waitForURL(unreachable);
    await page.route(`${house.issuer}oauth/token`, (route) => route.abort("connectionrefused"));
    await passLogin(page, house);
    await heading(page, "The sign-in service is not answering").waitFor();
    await page.unroute(`${house.issuer}oauth/token`);
    await heading(page, "Runs").waitFor();
  });

  it("of the sign-in service is no end of the session, however long its token has been over", async (test) => {
    const { house } = visits;
    const page = await join("renewing", test);
    await page.route(`${house.issuer}oauth/token`, (route) => route.abort("connectionrefused"));
    const seen: string[] = [];
    await page.exposeFunction("note", (text: string) => seen.push(text));
    await page.evaluate(() => {
      const look = () => Reflect.get(window, "note")(document.body.textContent);
      new MutationObserver(look).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    });
    house.platformApi.fault = failing("TOKEN_EXPIRED", 401);
    house.agenticBackend.fault = expired;
    await heading(page, "The sign-in service is not answering").waitFor();
    house.platformApi.fault = pass;
    house.agenticBackend.fault = pass;
    await page.unroute(`${house.issuer}oauth/token`);
    await heading(page, "Runs").waitFor();
    expect(seen.join()).toContain("The sign-in service is not answering");
    expect(seen.join()).not.toContain("Your session has ended");
  });

  it("of the sign-in service holds nobody who turns back, or signs out", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    const unreachable = `${house.issuer}**`;
    const email = `${fresh("leaving")}@globex.example`;
    await page.route(unreachable, () => {}); // no answer, for as long as the page is there
    await giveAddress(page, house, email);
    await button(page, "Continue with Globex").click();
    await page.getByText("Taking you to Globex").waitFor();
    await page.goBack();
    await button(page, `Continue as ${email}`).waitFor();
    await page.unroute(unreachable);
    await button(page, `Continue as ${email}`).click();
    await passLogin(page, house);
    await heading(page, "Runs").waitFor();

    await page.reload(); // so that where one signs out must be asked for again
    await page.route(unreachable, () => {});
    await button(page, "Account menu").click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByText("Signing you out").waitFor();
  });
});

/** agentic-backend finds the token over, with the headers that let the page read so. */
const expired: Fault = async ({ request, response, forward }) => {
  const { headers } = await forward();
  const isPreflight = request.method === "OPTIONS";
  const body = isPreflight ? "" : JSON.stringify({ error: { reason: "TOKEN_EXPIRED", message: "" } });
  response
    .writeHead(isPreflight ? 204 : 401, { ...headers, "content-length": Buffer.byteLength(body) })
    .end(body);
};
