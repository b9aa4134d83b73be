import type { Page } from "playwright-core";
import { expect, it, type TestContext } from "vitest";
import { only, pass, reset } from "../faults/faults.ts";
import { fresh } from "../platform/people.ts";
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
    await page.getByRole("heading", { name: "Your run was not started" }).waitFor();
    expect(await page.getByText("by itself").count()).toBe(2); // of the list, whose notice says so twice
    await look(page, "run-not-started");
    house.agenticBackend.fault = pass;
    await page.getByRole("heading", { name: "No runs yet" }).waitFor();
    expect(await heading(page, "Runs").count()).toBe(1);
    await button(page, "Start it again").click();
    await page.getByRole("link", { name: "Not lost" }).waitFor();
    expect(await page.getByRole("heading", { name: "Your run was not started" }).count()).toBe(0);
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
    await button(page, "Join again").click();
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
});
