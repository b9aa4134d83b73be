import { describe } from "vitest";
import { describeInBrowser } from "./browser-suite.ts";
import { connectingTests } from "./connecting.ts";
import { invitedTests } from "./invited.ts";
import { onboardingTests } from "./onboarding.ts";
import { signInTests } from "./signing-in.ts";

// One file, so that all tests share one stack and wait at the same time.
describeInBrowser("the frontend in a browser", (suite) => {
  describe.concurrent("onboarding", () => onboardingTests(suite)); // the longest
  describe.concurrent("an invitation", () => invitedTests(suite));
  describe.concurrent("connecting", () => connectingTests(suite));
  describe.concurrent("sign-in", () => signInTests(suite));
});
