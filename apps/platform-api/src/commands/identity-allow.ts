import {
  allowOrganization,
  type OrganizationId,
  planAllowance,
  type UserId,
} from "@platform-api/server/domain";
import { describeSpeakers } from "../describe-speakers.ts";
import { confirmation } from "./arguments.ts";
import { reportMissingEntries } from "./operator-audit.ts";
import { withStores } from "./store-command.ts";
import type { Terminal } from "./terminal.ts";

/** Lets an organization's SSO speak for a user from now on: an operator's decision in a conflict. */
export async function allowSso(
  userId: UserId,
  organizationId: OrganizationId,
  { yes, json }: { yes?: true; json?: true },
  terminal: Terminal,
): Promise<void> {
  const confirm = confirmation(yes === true, terminal);
  const allowance = { userId, organizationId };
  const present = await withStores(terminal, (stores, signal) => planAllowance(allowance, stores, signal));
  await confirm(
    `${userId}: ${describeSpeakers(present)}. From now on the SSO of ${organizationId} speaks for them, and no other: ` +
      "another one gives them neither a first login nor a membership on its own domain. What is linked and stored stays.",
  );
  const former =
    present.sso === null || present.sso === organizationId ? "" : `, and that of ${present.sso} no more`;
  const summary = `The SSO of ${organizationId} speaks for ${userId}${former}.`;
  const changed = await withStores(terminal, (stores, signal) =>
    allowOrganization(allowance, stores, signal).catch(reportMissingEntries(summary)),
  );
  if (json) terminal.out(`${JSON.stringify({ userId, organizationId, changed })}\n`);
  else terminal.out(changed ? `${summary}\n` : `${summary} Nothing to change.\n`);
}
