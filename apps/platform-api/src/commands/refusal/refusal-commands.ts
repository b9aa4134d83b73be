import {
  listRefusals,
  type OrganizationId,
  type RefusalCure,
  type RefusalView,
  type RefusedReason,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { toOrganizationId } from "../../terminal/arguments.ts";
import { formatTable, print, type Terminal } from "../../terminal/terminal.ts";
import { asOperator } from "../store-command.ts";

export function addRefusalCommands(program: Command, terminal: Terminal): void {
  program
    .command("refusal")
    .description("people who could not get in to an organization")
    .command("list")
    .argument("<organization>", "the organization's id", toOrganizationId)
    .description("list the refused sign-ins of the last 14 days, the latest first: at most 50")
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, { json }: { json?: true }) => {
      const refusals = await asOperator(id, terminal, listRefusals);
      const nothing = `Nobody was refused in ${id} during the last 14 days.\n`;
      const words = refusals.length === 0 ? nothing : describeRefusals(id, refusals);
      print(refusals, words, json, terminal);
    });
}

const HEADINGS = ["LAST SEEN", "TIMES", "WHO", "SIGN-IN", "REASON", "CURE"];

/** A table, and below it what to do about each reason and each cure in it. */
export function describeRefusals(id: OrganizationId, refusals: readonly RefusalView[]): string {
  const rows = refusals.map((refusal) => {
    const { lastAt, count, connection, reason, cure } = refusal;
    return [lastAt, `${count}`, whoIs(refusal), connection ?? "elsewhere", reason, cure];
  });
  const uncured = refusals.filter(({ cure }) => cure === null).map(({ reason }) => reason);
  const cured = refusals.flatMap(({ cure }) => cure ?? []);
  const hints = [
    ...[...new Set(cured)].map((cure) => CURES[cure](id)),
    ...[...new Set(uncured)].map((reason) => `${reason}: ${WITHOUT_CURE[reason]}`),
  ];
  return `${formatTable(HEADINGS, rows)}${hints.map((hint) => `${hint}\n`).join("")}`;
}

function whoIs({ email, domain, userId, askedAt }: RefusalView): string {
  const who = email ?? (domain === null ? "an unknown address" : `somebody at ${domain}`);
  const known = userId === null ? who : `${who} (${userId})`;
  return askedAt === null ? known : `${known}, asks to be restored`;
}

const CURES: Readonly<Record<RefusalCure, (id: OrganizationId) => string>> = {
  "verify-domain": (id) => `verify-domain: if the domain is theirs, \`domain claim ${id} <domain>\`.`,
  "switch-on": () =>
    "switch-on: the connection is switched off; an owner switches it on in the console, or sign in another way.",
  restore: (id) => `restore: \`member restore ${id} <address>\`.`,
  "ask-owner": () => "ask-owner: an owner can restore them.",
  invite: (id) => `invite: \`invitation create ${id} <email> --role member\`.`,
  "none-needed": () => "none-needed: what refused them is gone; they can sign in again.",
};

const WITHOUT_CURE: Readonly<Record<RefusedReason, string>> = {
  EMAIL_MISSING: "the identity provider of the connection has to share e-mail addresses.",
  EMAIL_INVALID: "the identity provider of the connection has to share a valid address.",
  DOMAIN_NOT_ALLOWED: "their domain cannot be verified, or the connection is gone; invite a work address.",
  SSO_REQUIRED: "they have to choose single sign-on.",
  IDENTITY_CONFLICT: "another account holds their place: `identity find <email>` shows both.",
  IDENTITY_BLOCKED: "the account is blocked; `identity unblock` if that was a mistake.",
  NOT_A_MEMBER: "nobody has invited them, and their address is not the organization's.",
  MEMBERSHIP_REMOVED: "their data was erased; invite their address.",
};
