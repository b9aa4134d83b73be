import { type Html, html } from "../pages/html.ts";
import type { Page } from "../pages/page.ts";
import type { Account } from "../tenant/accounts.ts";
import { type Connection, PASSWORD_CONNECTION, strategyOf } from "../tenant/connection.ts";
import { DEVELOPMENT_PASSWORD, MIN_PASSWORD_LENGTH } from "../tenant/password.ts";

/** What the login page shows. */
export interface LoginView {
  readonly connection: Connection;
  /** The application that the user signs in to. */
  readonly application: string;
  readonly isSignUp: boolean;
  /** Whether the address alone may lead to a company's sign-in. */
  readonly findsHomeRealm: boolean;
  readonly email: string;
  readonly password: string;
  /** Why the last attempt failed. */
  readonly error: string | null;
  /** Example accounts to choose from. Empty when the request names the user. */
  readonly examples: readonly Account[];
  /** The URL to which the login returns. */
  readonly callback: string;
  /** Where the mail of a sign-up arrives, if it is known. */
  readonly mailboxUrl: string | undefined;
}

/** The login page of a connection, which is a customer's identity provider or the password database. */
export function loginPage(view: LoginView): Page {
  const { connection, isSignUp, callback } = view;
  const page = { strategy: connection.strategy, formTargets: [new URL(callback).origin] };
  if (connection.strategy === PASSWORD_CONNECTION.strategy) {
    const brand = { company: connection.displayName, provider: "Password account" };
    const title = `${isSignUp ? "Create an account" : "Sign in"} · ${brand.company}`;
    return { ...page, brand, title, content: isSignUp ? signUpContent(view) : signInContent(view) };
  }
  const brand = brandOf(connection);
  const title = `${brand.company} · sign in with ${brand.provider}`;
  return { ...page, brand, title, content: ssoContent(view, brand.company) };
}

/** "Acme (Entra ID)" → Acme, Entra ID. */
export function brandOf(connection: Pick<Connection, "displayName" | "strategy">): Page["brand"] {
  const [, company = connection.displayName, provider = strategyOf(connection).label] =
    /^(.+?)\s*\((.+)\)$/.exec(connection.displayName) ?? [];
  return { company, provider };
}

function ssoContent(view: LoginView, company: string): Html {
  return html`<h1>Sign in</h1>
<p class="lead">to continue to ${view.application}</p>
${form(view, html`${emailField(view)}<button ${autofocus(view.email !== "")}>Sign in</button>`)}
${exampleList(view)}
<p class="note">This page plays ${company}’s own sign-in. Like a company’s directory it vouches for any address it
likes: yours, a colleague’s, even one of another company.</p>`;
}

function signInContent(view: LoginView): Html {
  const { email, password, findsHomeRealm } = view;
  const fields = html`${emailField(view)}
<label for="password">Password</label>
<input id="password" name="password" type="password" value="${password}" autocomplete="current-password"
  ${findsHomeRealm ? html`aria-describedby="sso"` : html`required`} ${autofocus(email !== "" && password === "")}>
${findsHomeRealm ? html`<p class="hint" id="sso">Not needed if your company has its own sign-in.</p>` : null}
<button ${autofocus(password !== "")}>Sign in</button>`;
  return html`<h1>Sign in</h1>
<p class="lead">to continue to ${view.application}</p>
${form(view, fields)}
<p class="switch">New here? <a href="?screen=signup&amp;email=${encodeURIComponent(email)}">Create an account</a></p>
${exampleList(view)}
<p class="note">The password of the example accounts is <code>${DEVELOPMENT_PASSWORD}</code>.</p>`;
}

function signUpContent(view: LoginView): Html {
  const { email, mailboxUrl } = view;
  const fields = html`${emailField(view)}
<label for="password">New password</label>
<input id="password" name="password" type="password" required autocomplete="new-password"
  minlength="${String(MIN_PASSWORD_LENGTH)}" aria-describedby="rule" ${autofocus(email !== "")}>
<p class="hint" id="rule">At least ${String(MIN_PASSWORD_LENGTH)} characters.</p>
<button>Create account</button>`;
  return html`<h1>Create an account</h1>
<p class="lead">to continue to ${view.application}</p>
${form(view, fields)}
<p class="switch">Have an account? <a href="?screen=login&amp;email=${encodeURIComponent(email)}">Sign in</a></p>
<p class="note">The new account’s address is <strong>unverified</strong>, as after any sign-up, until the link in a
mail is opened.${mailboxUrl === undefined ? null : html` The mail arrives in the <a href="${mailboxUrl}" target="_blank">development mailbox</a>.`}</p>`;
}

function form({ error, connection, isSignUp }: LoginView, fields: Html): Html {
  const isPassword = connection.strategy === PASSWORD_CONNECTION.strategy;
  const action = isPassword ? html` action="?screen=${isSignUp ? "signup" : "login"}"` : null;
  return html`<form method="post"${action}>
${error === null ? null : html`<p class="error" role="alert">${error}</p>`}
${fields}
</form>`;
}

function emailField({ email }: LoginView): Html {
  return html`<label for="email">E-mail address</label>
<input id="email" name="email" type="email" value="${email}" required maxlength="254" autocomplete="username"
  autocapitalize="none" spellcheck="false" ${autofocus(email === "")}>`;
}

/** Links that fill in the form, because the page has no script. */
function exampleList({ examples, email }: LoginView): Html | null {
  if (examples.length === 0) return null;
  return html`<section aria-labelledby="examples">
<h2 id="examples">Example accounts</h2>
<ul>${examples.map(
    (account) => html`<li><a href="?email=${encodeURIComponent(account.email)}"
  ${account.email === email ? html`aria-current="true"` : null}>
<strong>${account.name}</strong><span>${account.email}</span>
${account.emailVerified || account.connection !== PASSWORD_CONNECTION.name ? null : html`<em>unverified</em>`}
</a></li>`,
  )}</ul>
</section>`;
}

function autofocus(condition: boolean): Html | null {
  return condition ? html`autofocus` : null;
}
