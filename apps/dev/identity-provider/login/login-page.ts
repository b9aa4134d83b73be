import { text as readText } from "node:stream/consumers";
import { errors, type KoaContextWithOIDC, type Provider } from "oidc-provider";
import { showMessage } from "../pages/message.ts";
import { type PageContext, redirect, showPage } from "../pages/page.ts";
import type { Account, Accounts } from "../tenant/accounts.ts";
import { type Connection, PASSWORD_CONNECTION } from "../tenant/connection.ts";
import { MIN_PASSWORD_LENGTH } from "../tenant/password.ts";
import { homeRealmOf, type LoginRequest, type Tenant } from "../tenant/tenant.ts";
import type { EmailVerification } from "./email-verification.ts";
import { type LoginView, loginPage } from "./login-form.ts";

const PREFIX = "/u/login/";

/** The path of the login with this id. */
export function loginPath(id: string): string {
  return `${PREFIX}${id}`;
}

/** The part of Koa's context that a login needs. */
type LoginContext = PageContext &
  Pick<KoaContextWithOIDC, "req" | "res" | "path" | "method" | "querystring" | "redirect">;

interface LoginServices {
  readonly provider: Provider;
  readonly tenant: Tenant;
  readonly accounts: Accounts;
  readonly emailVerification: EmailVerification;
  readonly mailboxUrl: string | undefined;
}

/** Shows the login page of a request and handles its form. @returns false for paths that do not belong to a login */
export async function answerLogin(ctx: LoginContext, services: LoginServices): Promise<boolean> {
  if (!ctx.path.startsWith(PREFIX)) return false;
  try {
    await answer(ctx, services);
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
    const text = "It was completed in another window or took too long. Start again from the application.";
    showMessage(ctx, 400, { title: "This sign-in has expired", text });
  }
  return true;
}

async function answer(ctx: LoginContext, services: LoginServices): Promise<void> {
  const { provider, tenant, accounts, emailVerification, mailboxUrl } = services;
  const { params, session } = await provider.interactionDetails(ctx.req, ctx.res);
  const request = tenant.loginRequest(params);
  if ("problem" in request) {
    const { problem: text, known } = request;
    return showMessage(ctx, 400, { title: "Unknown way to sign in", text, known, code: "invalid_request" });
  }
  const client = await provider.Client.find(String(params.client_id));
  const isSent = ctx.method === "POST";
  const view: LoginView = {
    ...prefilled(request, new URLSearchParams(ctx.querystring), accounts, isSent),
    findsHomeRealm: request.homeRealms.length > 0,
    application: client?.clientName ?? String(params.client_id),
    callback: String(params.redirect_uri),
    mailboxUrl,
  };
  if (!isSent) return showPage(ctx, 200, loginPage(view));

  const form = new URLSearchParams(await readText(ctx.req));
  const email = (form.get("email") ?? "").trim();
  const home = isPassword(view.connection) && !view.isSignUp ? homeRealmOf(request, email) : null;
  if (home !== null) return redirect(ctx, `?${new URLSearchParams({ connection: home.name, email })}`);
  const outcome = admitted(view, { email, password: form.get("password") ?? "" }, accounts);
  if (typeof outcome === "string") {
    return showPage(ctx, 400, loginPage({ ...view, email, password: "", error: outcome }));
  }
  if (view.isSignUp) await emailVerification.welcome(outcome, view.callback, request.isSignUp);
  await keepReplacedSilent(session?.uid, outcome.subject, provider);
  const result = { login: { accountId: outcome.subject } };
  redirect(ctx, await provider.interactionResult(ctx.req, ctx.res, result));
}

/**
 * Another user's login replaces the session of its browser, which Auth0 does not list among what it tells applications
 * (`AUTH0`, section 6). oidc-provider would tell them.
 */
async function keepReplacedSilent(
  uid: string | undefined,
  accountId: string,
  { Session }: Provider,
): Promise<void> {
  const session = uid === undefined ? undefined : await Session.findByUid(uid);
  if (session === undefined || session.accountId === accountId) return;
  session.authorizations = {};
  await session.persist();
}

function isPassword({ strategy }: Connection): boolean {
  return strategy === PASSWORD_CONNECTION.strategy;
}

/** The page before any input. Its links and home realm discovery choose the address and the kind of form. */
function prefilled(request: LoginRequest, query: URLSearchParams, accounts: Accounts, isSent: boolean) {
  const home = request.homeRealms.find(({ name }) => name === query.get("connection"));
  const connection = home ?? request.connection ?? PASSWORD_CONNECTION;
  const examples = accounts.examplesOf(connection);
  const email = query.get("email") ?? request.email;
  // Who was invited may have an account already: a page that could only refuse them would be of no use.
  const isKnown = !isSent && accounts.byEmail(connection, request.email) !== null;
  const isSignUp = query.has("screen") ? query.get("screen") === "signup" : request.isSignUp && !isKnown;
  const example = examples.find((account) => account.email === email.toLowerCase());
  return {
    connection,
    isSignUp,
    email,
    password: example === undefined || isSignUp ? "" : accounts.examplePassword(example),
    examples: request.email === "" && home === undefined ? examples : [],
    error: null,
  };
}

function admitted(...login: Parameters<typeof signIn>): Account | string {
  const outcome = signIn(...login);
  if (typeof outcome === "string" || !outcome.isBlocked) return outcome;
  return `${outcome.email} is blocked. Unblock them on the page /users of this identity provider.`;
}

/** The account that signed in, or the error to show. */
function signIn(
  { connection, isSignUp }: LoginView,
  { email, password }: Pick<LoginView, "email" | "password">,
  accounts: Accounts,
): Account | string {
  if (!/^\S+@\S+$/.test(email)) return "Enter an e-mail address.";
  // A customer's identity provider vouches for any of its users, known here or not.
  if (!isPassword(connection)) {
    return accounts.findOrCreate(connection, email);
  }
  const account = accounts.byEmail(connection, email);
  if (isSignUp) {
    if (account !== null) return `${email} already has an account. Sign in instead.`;
    if (password.length < MIN_PASSWORD_LENGTH)
      return `The password must have at least ${MIN_PASSWORD_LENGTH} characters.`;
    return accounts.signUp(connection, email, password);
  }
  if (account === null) return `There is no account for ${email} yet. Create one below.`;
  if (password === "") return `Enter the password for ${email}.`;
  return accounts.hasPassword(account, password) ? account : `Wrong password for ${email}.`;
}
