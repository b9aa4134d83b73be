import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { CookieJar } from "./cookie-jar.ts";

/** The user, the application and the connection of a login. */
export interface LoginOptions {
  /** With a trailing slash. */
  readonly issuer: string;
  readonly clientId: string;
  /** Registered by the client. Nothing needs to listen there. */
  readonly redirectUri: string;
  readonly audience: string;
  readonly email: string;
  /** Default: the password connection. */
  readonly connection?: string | undefined;
  /** The `org_…` of the login. */
  readonly organization?: string | undefined;
  /** Only for password connections. */
  readonly password?: string | undefined;
  /** Creates a password account with an unverified address first. */
  readonly isSignUp?: boolean | undefined;
  /** Default: all scopes, with a refresh token. */
  readonly scope?: string;
}

/** The identity provider refused the login. The message is the provider's. */
export class LoginRefused extends Error {
  override readonly name: string = "LoginRefused";
}

/** It refused on its login page, where a user would try again. */
export class LoginRefusedOnPage extends LoginRefused {
  override readonly name = "LoginRefusedOnPage";
}

const MAX_REDIRECTS = 10;

const tokensSchema = z
  .object({ access_token: z.string(), refresh_token: z.string().optional(), id_token: z.string().optional() })
  .transform(({ access_token: accessToken, refresh_token: refreshToken, id_token: idToken }) => ({
    accessToken,
    ...(refreshToken !== undefined && { refreshToken }),
    ...(idToken !== undefined && { idToken }),
  }));

/** The tokens of a login. */
export type Tokens = z.output<typeof tokensSchema>;

/**
 * Signs a user in like a browser, by authorization code with PKCE (RFC 7636) and the login form.
 * @param cookies of the browser, which hold its session afterwards
 * @throws {LoginRefused} when the identity provider refuses, or the error of `fetch` when it is unreachable
 */
export async function login(options: LoginOptions, cookies = new CookieJar()): Promise<Tokens> {
  const verifier = randomBytes(32).toString("base64url");
  const browser = new Browser(options.redirectUri, cookies);
  const { email, password = "" } = options;
  let page = await browser.open(authorizeUrl(options, verifier));
  // The password page leads an SSO address on to its company's page.
  for (let forms = 0; page.callback === undefined && forms < 2; forms++)
    page = await browser.open(page.url, new URLSearchParams({ email, password }));
  const code = page.callback?.searchParams.get("code");
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

/** Exchanges a refresh token for new tokens. @throws {LoginRefused} when it was used or revoked */
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

/** The parts of a browser that a login needs. */
export class Browser {
  readonly #cookies: CookieJar;
  readonly #redirectUri: string;

  constructor(redirectUri: string, cookies: CookieJar) {
    this.#cookies = cookies;
    this.#redirectUri = redirectUri;
  }

  /**
   * @returns the page at the end of the redirects, or the application's callback, which is not requested
   * @throws {LoginRefused} at an error page, or when the callback has an error
   */
  async open(from: URL, form?: URLSearchParams): Promise<{ url: URL; callback?: URL }> {
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

/** The error text of an identity provider's page. */
function alertOf(page: string): string {
  const [, markup = "the identity provider answers with an error"] = /role="alert">([^<]*)</.exec(page) ?? [];
  return markup.replace(/&#(\d+);/g, (_entity, code) => String.fromCharCode(Number(code)));
}
