import { describe } from "vitest";
import { accountTests } from "./console/account.ts";
import { auditTests } from "./console/audit.ts";
import { domainsTests } from "./console/domains.ts";
import { firstLookTests } from "./console/first-look.ts";
import { invitationsTests } from "./console/invitations.ts";
import { keyboardTests } from "./console/keyboard.ts";
import { membersTests, waitingChangeTests } from "./console/members.ts";
import { missingCodeTests } from "./console/missing-code.ts";
import { runsTests } from "./console/runs.ts";
import { singleSignOnTests } from "./console/single-sign-on.ts";
import { describeConsole } from "./console-on-mocks.ts";

// One file, so that all tests share one browser and wait at the same time.
describeConsole("the console in a browser", (suite) => {
  describe.concurrent("the page Domains", () => domainsTests(suite));
  describe.concurrent("runs", () => runsTests(suite));
  describe.concurrent("invitations", () => invitationsTests(suite));
  describe.concurrent("single sign-on", () => singleSignOnTests(suite));
  describe.concurrent("the audit", () => auditTests(suite));
  describe.concurrent("account and settings", () => accountTests(suite));
  describe.concurrent("a first look", () => firstLookTests(suite));
  describe.concurrent("code that does not load", () => missingCodeTests(suite));
  describe.concurrent("members", () => membersTests(suite));
  describe.concurrent("the keyboard", () => keyboardTests(suite));
  // Alone: Debian's whole browser crashes when another page comes to the front while it asks.
  describe("a change that waits", () => waitingChangeTests(suite));
});
