import {
  type CanonicalEmail,
  type InvitationState,
  type InvitationView,
  type Invited,
  invite,
  listInvitations,
  type OrganizationId,
  parseEmail,
  ROLES,
  type Role,
  resendInvitation,
  revokeInvitation,
} from "@platform-api/server/domain";
import { type Command, Option } from "commander";
import type { Administration } from "../../compose/administration.ts";
import { everyPage, toEmail, toOrganizationId } from "../../terminal/arguments.ts";
import { notFound } from "../../terminal/domain-errors.ts";
import { formatTable, print, type Terminal, UsageError } from "../../terminal/terminal.ts";
import { asOperator } from "../store-command.ts";

const STATES: readonly InvitationState[] = ["open", "accepted", "expired", "void", "revoked", "declined"];
const MAX_AT_ONCE = 100;

export function addInvitationCommands(program: Command, terminal: Terminal): void {
  const invitation = program.command("invitation").description("invitations to an organization");
  addListCommand(invitation, terminal);
  addCreateCommand(invitation, terminal);
  addChangeCommand("resend", invitation, terminal);
  addChangeCommand("revoke", invitation, terminal);
}

function addListCommand(invitation: Command, terminal: Terminal): void {
  invitation
    .command("list")
    .argument("<organization>", "the organization's id", toOrganizationId)
    .description("list the invitations by address, also those that have ended")
    .addOption(new Option("--state <state>", "only these").choices(STATES))
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, { state, json }: { state?: InvitationState; json?: true }) => {
      const items = await asOperator(id, terminal, (operator, stores, signal) =>
        everyPage((page) => listInvitations(operator, { state, ...page }, stores, signal)),
      );
      const nothing = `${id} has no ${state === undefined ? "" : `${state} `}invitations.\n`;
      const words = items.length === 0 ? nothing : formatTable(HEADINGS, items.map(toRow));
      print({ items, nextCursor: null }, words, json, terminal);
    });
}

function addCreateCommand(invitation: Command, terminal: Terminal): void {
  invitation
    .command("create")
    .argument("<organization>", "the organization's id", toOrganizationId)
    .argument("<email...>", `addresses, at most ${MAX_AT_ONCE}`)
    .description("invite addresses; who signs in with one of them becomes a member")
    .addOption(new Option("--role <role>", "the role that they get").choices(ROLES).makeOptionMandatory())
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, emails: string[], { role, json }: { role: Role; json?: true }) => {
      if (emails.length > MAX_AT_ONCE) throw new UsageError(`at most ${MAX_AT_ONCE} addresses at a time`);
      const { invited, mails } = await asOperator(id, terminal, async (operator, stores, signal) => {
        const invited = await invite(operator, { emails, role }, stores, signal);
        return { invited, mails: json ? [] : await mailsOf(id, invited, stores, signal) };
      });
      print(invited, describeInvited({ id, role }, invited, mails), json, terminal);
    });
}

const CHANGES = {
  resend: {
    change: resendInvitation,
    summaryOf: (email: string, id: string) => `${email} is invited to ${id} again.`,
    description: "offer an invitation for another seven days, and mail it again",
  },
  revoke: {
    change: revokeInvitation,
    summaryOf: (email: string, id: string) => `${email} is not invited to ${id} any more.`,
    description: "withdraw an invitation; who has accepted it stays a member",
  },
} as const;

function addChangeCommand(verb: keyof typeof CHANGES, invitation: Command, terminal: Terminal): void {
  const { description, change, summaryOf } = CHANGES[verb];
  invitation
    .command(verb)
    .argument("<organization>", "the organization's id", toOrganizationId)
    .argument("<email>", "the address, as `invitation list` shows it", toEmail)
    .description(description)
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, email: CanonicalEmail, { json }: { json?: true }) => {
      const summary = summaryOf(email, id);
      const { view, mail } = await asOperator(id, terminal, async (operator, stores, signal) => {
        const view = await change(operator, email, stores, signal).catch(
          notFound(`${email} is not invited to ${id}: see \`platform-api invitation list ${id}\``),
        );
        return { view, mail: verb === "resend" ? await mailOf(id, email, stores, signal) : null };
      });
      print(view, `${summary}${mail === null ? "" : ` ${MAILS[mail]}`}\n`, json, terminal);
    });
}

/** What became of the mail to an address, once it is known. */
export async function mailOf(
  id: OrganizationId,
  email: CanonicalEmail,
  { memberships, outbox }: Administration,
  signal: AbortSignal,
): Promise<InvitationView["mail"]> {
  await outbox?.idle();
  return (await memberships.findInvitation(id, email, signal))?.mail ?? "none";
}

/** What became of each mail; null for an address that was not invited. */
async function mailsOf(
  id: OrganizationId,
  invited: readonly Invited[],
  stores: Administration,
  signal: AbortSignal,
): Promise<(InvitationView["mail"] | null)[]> {
  return Promise.all(
    invited.map(async ({ email: given, outcome }) => {
      const email = outcome === "invited" || outcome === "renewed" ? parseEmail(given) : null;
      return email === null ? null : mailOf(id, email, stores, signal);
    }),
  );
}

/** What became of a mail, for an operator. */
export const MAILS: Readonly<Record<InvitationView["mail"], string>> = {
  sending: "Whether the mail was sent is not known yet.",
  sent: "The mail is sent.",
  failed: "The mail could not be sent: check SMTP_URL, then use `invitation resend`.",
  none: "No mail is sent, because SMTP_URL is not set: ask them to sign in with this address.",
};

function describeInvited(
  { id, role }: { readonly id: OrganizationId; readonly role: Role },
  invited: readonly Invited[],
  mails: readonly (InvitationView["mail"] | null)[],
): string {
  const rows = invited.map(({ email, outcome }, index) => [
    email,
    outcome === "renewed" ? `renewed as ${role}` : outcome, // it may have been for another role
    mails[index] ?? null,
  ]);
  const has = (outcome: Invited["outcome"]) => invited.some((each) => each.outcome === outcome);
  return [
    formatTable(["EMAIL", "OUTCOME", "MAIL"], rows),
    has("removed")
      ? `Removed people are not invited but restored: \`member restore ${id} <address>\`.\n`
      : "",
    has("invalid") ? "What is invalid is not an e-mail address, and was skipped.\n" : "",
    mails.includes("none")
      ? "No mail is sent, because SMTP_URL is not set: ask them to sign in with their address.\n"
      : "",
    mails.includes("failed") ? `${MAILS.failed}\n` : "",
  ].join("");
}

const HEADINGS = ["EMAIL", "ROLE", "STATE", "MAIL", "INVITED BY", "INVITED", "EXPIRES"];

function toRow({ email, role, state, mail, invitedBy, createdAt, expiresAt }: InvitationView) {
  return [email, role, state, mail, invitedBy ?? "operator", createdAt, expiresAt];
}
