import type { IncomingMessage, ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import { errors, type Provider } from "oidc-provider";
import type { Account, Accounts } from "./accounts.ts";
import { PASSWORD_CONNECTION } from "./connection.ts";
import { type LoginView, loginPage } from "./login-form.ts";
import { showMessage } from "./message.ts";
import { type PageContext, showPage } from "./page.ts";
import { MIN_PASSWORD_LENGTH } from "./password.ts";
import type { LoginRequest, Tenant } from "./tenant.ts";

const PREFIX = "/u/login/";

/** The path of the login with this id. */
export function loginPath(id: string): string {
  return `${PREFIX}${id}`;
}

/** The part of Koa's context that a login needs. */
interface LoginContext extends PageContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly path: string;
  readonly method: string;
  readonly querystring: string;
  redirect(url: string): void;
}

/** Shows the login page of a request and handles its form. */
export class LoginPages {
  readonly #provider: Provider;
  readonly #tenant: Tenant;
  readonly #accounts: Accounts;

  constructor(provider: Provider, tenant: Tenant, accounts: Accounts) {
    this.#provider = provider;
    this.#tenant = tenant;
    this.#accounts = accounts;
  }

  /** @returns false for paths that do not belong to a login */
  async answers(ctx: LoginContext): Promise<boolean> {
    if (!ctx.path.startsWith(PREFIX)) return false;
    try {
      await this.#answer(ctx);
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      const text = "It was completed in another window or took too long. Start again from the application.";
      showMessage(ctx, 400, { title: "This sign-in has expired", text });
    }
    return true;
  }

  async #answer(ctx: LoginContext): Promise<void> {
    const { params } = await this.#provider.interactionDetails(ctx.req, ctx.res);
    const request = this.#tenant.loginRequest(params);
    if ("problem" in request) {
      const { problem: text, known } = request;
      return showMessage(ctx, 400, { title: "Unknown way to sign in", text, known, code: "invalid_request" });
    }
    const client = await this.#provider.Client.find(String(params.client_id));
    const view: LoginView = {
      ...this.#prefilled(request, new URLSearchParams(ctx.querystring)),
      application: client?.clientName ?? String(params.client_id),
      callback: String(params.redirect_uri),
    };
    if (ctx.method !== "POST") return showPage(ctx, 200, loginPage(view));

    const form = new URLSearchParams(await readText(ctx.req));
    const email = (form.get("email") ?? "").trim();
    const outcome = this.#signIn(view, email, form.get("password") ?? "");
    if (typeof outcome === "string") {
      return showPage(ctx, 400, loginPage({ ...view, email, password: "", error: outcome }));
    }
    const result = { login: { accountId: outcome.subject } };
    ctx.redirect(await this.#provider.interactionResult(ctx.req, ctx.res, result));
    ctx.status = 303;
  }

  /** The page before any input. Its links choose the address and the kind of form. */
  #prefilled(request: LoginRequest, query: URLSearchParams): Omit<LoginView, "application" | "callback"> {
    const connection = request.connection ?? PASSWORD_CONNECTION;
    const isSignUp = query.has("screen") ? query.get("screen") === "signup" : request.isSignUp;
    const examples = this.#accounts.examplesOf(connection);
    const email = query.get("email") ?? request.email;
    const example = examples.find((account) => account.email === email.toLowerCase());
    return {
      connection,
      isSignUp,
      email,
      password: example === undefined || isSignUp ? "" : this.#accounts.examplePassword(example),
      examples: request.email === "" ? examples : [],
      error: null,
    };
  }

  /** The account that signed in, or the error to show. */
  #signIn({ connection, isSignUp }: LoginView, email: string, password: string): Account | string {
    if (!/^\S+@\S+$/.test(email)) return "Enter an e-mail address.";
    // A customer's identity provider vouches for any of its users, known here or not.
    if (connection.strategy !== PASSWORD_CONNECTION.strategy) {
      return this.#accounts.findOrCreate(connection, email);
    }
    const account = this.#accounts.byEmail(connection, email);
    if (isSignUp) {
      if (account !== null) return `${email} already has an account. Sign in instead.`;
      if (password.length < MIN_PASSWORD_LENGTH)
        return `The password must have at least ${MIN_PASSWORD_LENGTH} characters.`;
      return this.#accounts.signUp(connection, email, password);
    }
    if (account === null) return `There is no account for ${email} yet.`;
    return this.#accounts.hasPassword(account, password) ? account : `Wrong password for ${email}.`;
  }
}
