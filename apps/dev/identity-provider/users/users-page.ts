import { text as readText } from "node:stream/consumers";
import type { KoaContextWithOIDC } from "oidc-provider";
import { type Html, html } from "../pages/html.ts";
import { showMessage } from "../pages/message.ts";
import { type PageContext, redirect } from "../pages/page.ts";
import type { Account, Accounts } from "../tenant/accounts.ts";
import type { Sessions } from "../tenant/sessions.ts";

/** Where the tenant's users are listed, as in Auth0's dashboard. */
const USERS = "/users";

type UsersContext = PageContext &
  Pick<KoaContextWithOIDC, "req" | "path" | "method" | "headers" | "origin" | "redirect">;

interface UsersServices {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
}

const ACTIONS: Readonly<Record<string, (account: Account, services: UsersServices) => unknown>> = {
  block: (account, { accounts }) => accounts.setBlocked(account, true),
  unblock: (account, { accounts }) => accounts.setBlocked(account, false),
  "end-sessions": (account, { sessions }) => sessions.end(account),
  async delete(account, { accounts, sessions }) {
    accounts.remove(account);
    await sessions.end(account);
  },
};

/** Lists the users, and blocks, unblocks and deletes them or ends their sessions. @returns false for other paths */
export async function answerUsers(ctx: UsersContext, services: UsersServices): Promise<boolean> {
  if (ctx.path !== USERS) return false;
  if (ctx.method !== "POST") showUsers(ctx, services.accounts.list());
  else if (ctx.headers.origin !== undefined && ctx.headers.origin !== ctx.origin)
    showMessage(ctx, 403, { title: "This request failed", text: "It came from another site." });
  else await act(ctx, services);
  return true;
}

async function act(ctx: UsersContext, services: UsersServices): Promise<void> {
  const form = new URLSearchParams(await readText(ctx.req));
  const account = services.accounts.bySubject(form.get("subject") ?? "");
  const action = ACTIONS[form.get("action") ?? ""];
  if (account !== null) await action?.(account, services);
  redirect(ctx, USERS);
}

function showUsers(ctx: UsersContext, accounts: readonly Account[]): void {
  const text =
    "What you change here, the identity provider tells as Auth0 does: by its Events API, and by back-channel logout.";
  const action = html`<ul class="users">${accounts.map(row)}</ul>`;
  showMessage(ctx, 200, { title: "Users", text, action });
}

function row({ subject, name, email, isBlocked }: Account): Html {
  const block = isBlocked ? button("unblock", "Unblock", email) : button("block", "Block", email);
  return html`<li><form method="post">
<p><strong>${name}</strong><span>${email}</span>${isBlocked ? html`<em>blocked</em>` : null}</p>
<input type="hidden" name="subject" value="${subject}">
${block}${button("end-sessions", "End sessions", email)}${button("delete", "Delete", email)}
</form></li>`;
}

function button(action: string, label: string, email: string): Html {
  return html`<button name="action" value="${action}" aria-label="${label}: ${email}">${label}</button>`;
}
