import { describe } from "vitest";
import { describeInBrowser } from "./browser-suite.ts";
import { busySessionTests } from "./busy-session.ts";
import { endedAccessTests } from "./ended-access.ts";
import { outageTests } from "./outages.ts";
import { pageTests } from "./pages.ts";

// The way out, and what has no answer. The busy session also reads what the others have left in the logs.
describeInBrowser("the frontend in a browser, where somebody is kept out", (suite) => {
  describe.concurrent("outages", () => outageTests(suite));
  describe.concurrent("ended access", () => endedAccessTests(suite));
  describe.concurrent("pages", () => pageTests(suite));
  describe("a busy session", () => busySessionTests(suite));
});
