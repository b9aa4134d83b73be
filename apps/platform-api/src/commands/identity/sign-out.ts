import {
  aroundEnd,
  endSessions,
  endSessionsOf,
  type SessionEnd,
  signOut,
  signSubjectOut,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { confirmation, TENANT_OPTION } from "../../terminal/arguments.ts";
import { print, type Terminal } from "../../terminal/terminal.ts";
import { WHEN_NOTICED, withStores } from "../store-command.ts";
import { type EndingOptions, findWho } from "./block.ts";
import { WHO } from "./who.ts";

/** What to say of the sessions at the identity provider. */
export const SESSIONS: Readonly<Record<SessionEnd, string>> = {
  ended: "Auth0 ends the sessions and refresh tokens: every browser has to sign in again.",
  remaining:
    "Sessions at the identity provider remain: a browser can get a new token by itself. AUTH0_EVENTS_CLIENT_ID lets this end those of the tenant AUTH0_TENANT, too (docs/auth0.md).",
  unknown:
    "Auth0 has not answered that it ends the sessions: run the same command again. If it stays so, run `auth0 check`.",
};

/** Signs a user out everywhere, or one subject of theirs. */
export function addSignOutCommand(identity: Command, terminal: Terminal): void {
  identity
    .command("sign-out")
    .argument(...WHO)
    .description("refuse every token of a user, or of a subject, that was issued until now")
    .option(...TENANT_OPTION)
    .option("--force", "also sign out who has no link and no membership yet")
    .option("--yes", "do not ask for confirmation")
    .option("--json", "print JSON")
    .action(async (text: string, { tenant, yes, json, force }: EndingOptions) => {
      const confirm = confirmation(yes, terminal);
      const { who, name, note } = await findWho(text, { tenant, mustBeKnown: !force }, terminal);
      await confirm(`${name} will have to sign in again everywhere.${note}`);
      const { notBefore, sessions } = await withStores(terminal, (stores, signal) =>
        "userId" in who
          ? aroundEnd(
              () => signOut(who.userId, { actor: stores.actor, issuedAt: null }, stores, signal),
              () => endSessions(who.userId, [], stores, signal),
            )
          : aroundEnd(
              () => signSubjectOut(who, stores, stores, signal),
              () => endSessionsOf([who], stores, signal),
            ),
      );
      const until = new Date(notBefore * 1_000).toISOString();
      const words = `${name} is signed out: tokens that were issued until ${until} are refused.${note}\n${WHEN_NOTICED}\n${SESSIONS[sessions]}\n`;
      print({ ...who, until, sessions }, words, json, terminal);
    });
}
