import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { CookieJar } from "./cookie-jar.ts";

/** Who signs in, where, and through what. */
export interface LoginOptions {
  /** With its trailing slash. */
  readonly issuer: string;
  readonly clientId: string;
  /** One that the client has registered; nothing needs to listen there. */
  readonly redirectUri: string;
  readonly audience: string;
  readonly email: string;
  /** Absent: the passwords of the tenant. */
  readonly connection?: string | undefined;
  /** The `org_…` that the login is for. */
  readonly organization?: string | undefined;
  /** Of password connections alone. */
  readonly password?: string | undefined;
  /** Creates a password account first; its address is unverified. */
  readonly isSignUp?: boolean | undefined;
  /** Default: everything, with a refresh token. */
  readonly scope?: string;
}

/** The tokens of a login. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly idToken?: string;
}

/** The identity provider did not let the person in. The message is its own. */
export class LoginRefused extends Error {
  override readonly name: string = "LoginRefused";
}

/** It said so on its page, where a person would try something else. */
export class LoginRefusedOnPage extends LoginRefused {
  override readonly name = "LoginRefusedOnPage";
}

const MAX_REDIRECTS = 10;

const tokensSchema = z
  .object({ access_token: z.string(), refresh_token: z.string().optional(), id_token: z.string().optional() })
  .transform(
    ({ access_token: accessToken, refresh_token: refreshToken, id_token: idToken }): Tokens => ({
      accessToken,
      ...(refreshToken !== undefined && { refreshToken }),
      ...(idToken !== undefined && { idToken }),
    }),
  );

/**
 * Signs a person in as a browser would: authorization code with PKCE (RFC 7636), the login form filled in.
 * @throws {LoginRefused} when the identity provider says no; whatever `fetch` throws when it cannot be reached
 */
export async function login(options: LoginOptions): Promise<Tokens> {
  const verifier = randomBytes(32).toString("base64url");
  const browser = new Browser(options.redirectUri);
  const page = await browser.open(authorizeUrl(options, verifier));
  const { email, password = "" } = options;
  const end =
    page.callback ?? (await browser.open(page.url, new URLSearchParams({ email, password }))).callback;
  const code = end?.searchParams.get("code");
  if (!code)
    throw new LoginRefused("the identity provider asks for more than an e-mail address and a password");
  return requestTokens(options.issuer, {
    grant_type: "authorization_code",
    client_id: options.clientId,
    redirect_uri: options.redirectUri,
    code_verifier: verifier,
    code,
  });
}

/** New tokens for a refresh token. @throws {LoginRefused} when it is used up or revoked */
export function refresh(issuer: string, clientId: string, refreshToken: string): Promise<Tokens> {
  return requestTokens(issuer, {
    grant_type: "refresh_token",
    client_id: clientId,
    refresh_token: refreshToken,
  });
}

function authorizeUrl(options: LoginOptions, verifier: string): URL {
  const url = new URL("authorize", options.issuer);
  const params = {
    response_type: "code",
    client_id: options.clientId,
    redirect_uri: options.redirectUri,
    scope: options.scope ?? "openid profile email offline_access",
    audience: options.audience,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    login_hint: options.email,
    connection: options.connection,
    organization: options.organization,
    screen_hint: options.isSignUp ? "signup" : undefined,
  };
  for (const [name, value] of Object.entries(params))
    if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

async function requestTokens(issuer: string, params: Record<string, string>): Promise<Tokens> {
  const response = await fetch(new URL("oauth/token", issuer), {
    method: "POST",
    body: new URLSearchParams(params),
  });
  const body: unknown = await response.json();
  if (!response.ok) throw new LoginRefused(`the identity provider gives no token: ${JSON.stringify(body)}`);
  return tokensSchema.parse(body);
}

/** Where a chain of redirects ended: on a page, or at the application's callback, which is not visited. */
interface Stop {
  readonly url: URL;
  readonly callback?: URL;
}

/** As much of a browser as a login needs. */
class Browser {
  readonly #cookies = new CookieJar();
  readonly #redirectUri: string;

  constructor(redirectUri: string) {
    this.#redirectUri = redirectUri;
  }

  /** @throws {LoginRefused} at an error page, or when the callback is told of an error */
  async open(from: URL, form?: URLSearchParams): Promise<Stop> {
    let url = from;
    let body = form;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await fetch(url, {
        redirect: "manual",
        headers: { accept: "text/html", cookie: this.#cookies.header },
        ...(body && { method: "POST", body }),
      });
      this.#cookies.take(response);
      const page = await response.text();
      const location = response.headers.get("location");
      if (location === null) {
        if (!response.ok) throw new LoginRefusedOnPage(alertOf(page));
        return { url };
      }
      url = new URL(location, url);
      body = undefined;
      if (url.href.startsWith(`${this.#redirectUri}?`)) return { url, callback: accepted(url) };
    }
    throw new LoginRefused("the identity provider redirects in circles");
  }
}

function accepted(callback: URL): URL {
  const error = callback.searchParams.get("error");
  if (error === null) return callback;
  throw new LoginRefused([error, callback.searchParams.get("error_description")].filter(Boolean).join(": "));
}

/** What a page of the identity provider complains about. */
function alertOf(page: string): string {
  const [, markup = "the identity provider answers with an error"] = /role="alert">([^<]*)</.exec(page) ?? [];
  return markup.replace(/&#(\d+);/g, (_entity, code) => String.fromCharCode(Number(code)));
}
