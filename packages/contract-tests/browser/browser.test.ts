import { describe } from "vitest";
import { describeInBrowser } from "./browser-suite.ts";
import { busySessionTests } from "./busy-session.ts";
import { connectingTests } from "./connecting.ts";
import { endedAccessTests } from "./ended-access.ts";
import { invitedTests } from "./invited.ts";
import { onboardingTests } from "./onboarding.ts";
import { outageTests } from "./outages.ts";
import { pageTests } from "./pages.ts";
import { signInTests } from "./signing-in.ts";

// One file, so that all tests share one stack and wait at the same time.
describeInBrowser("the frontend in a browser", (suite) => {
  describe.concurrent("onboarding", () => onboardingTests(suite)); // the longest
  describe.concurrent("an invitation", () => invitedTests(suite));
  describe.concurrent("outages", () => outageTests(suite));
  describe.concurrent("pages", () => pageTests(suite));
  describe.concurrent("connecting", () => connectingTests(suite));
  describe.concurrent("sign-in", () => signInTests(suite));
  describe.concurrent("ended access", () => endedAccessTests(suite));
  describe("a busy session", () => busySessionTests(suite));
});
