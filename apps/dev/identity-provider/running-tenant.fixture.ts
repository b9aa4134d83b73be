import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { onTestFinished } from "vitest";
import { CookieJar } from "../token/cookie-jar.ts";
import { type LoginOptions, login, type Tokens } from "../token/login.ts";
import {
  API_AUDIENCE,
  CLI_CLIENT,
  FRONTEND_CLIENT_ID,
  type IdentityProvider,
  type IdentityProviderOptions,
  PASSWORD_CONNECTION,
  startIdentityProvider,
} from "./index.ts";

export const CALLBACK = "http://127.0.0.1:4002/callback";
const PASSWORDS = PASSWORD_CONNECTION.name;
const USER_ID = "0d4f5b1e-8f1c-4c57-9f3c-2f8f3a4f9a10";

/** One customer per kind of SSO, and users with passwords. */
export const TENANT = {
  connections: [
    { name: "acme-entra", strategy: "waad", displayName: "Acme (Entra ID)", domains: ["acme.example"] },
    { name: "globex-saml", strategy: "samlp", displayName: "Globex" },
    { name: "umbrella-okta", strategy: "okta", displayName: "Umbrella (Okta)" },
    { name: "initech-adfs", strategy: "adfs", displayName: "Initech" },
    { name: "google-oauth2", strategy: "google-oauth2", displayName: "Google" },
    { name: "hooli-ping", strategy: "pingfederate", displayName: "Hooli" },
  ],
  organizations: [
    { auth0OrgId: "org_acme", name: "Acme", connections: ["acme-entra"] },
    { auth0OrgId: "org_any", name: "Any" },
  ],
  accounts: [
    { email: "jane@acme.example", name: "Jane Doe", connection: "acme-entra" },
    { email: "ada@hooli.example", name: "Ada", connection: PASSWORDS, emailVerified: true },
    { email: "gavin@hooli.example", name: "Gavin", connection: PASSWORDS, password: "gavins-own" },
    {
      email: "uuid@hooli.example",
      name: "U",
      connection: PASSWORDS,
      appMetadata: { capitol_user_id: USER_ID },
    },
  ],
} as const satisfies Partial<IdentityProviderOptions>;

/** A data folder that is deleted after the test. */
export async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "identity-provider-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

let keys: Promise<ReadonlyMap<string, Buffer>> | undefined;

/** The files of a tenant without users. They hold its keys, and creating those is the slow part of a first start. */
async function filesWithKeys(): Promise<ReadonlyMap<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), "identity-provider-"));
  const { close } = await startIdentityProvider({ dataFolder: folder, connections: [], port: 0 });
  await close();
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name))] as const),
  );
  await rm(folder, { recursive: true });
  return new Map(files);
}

/** A new data folder with prepared keys, which all test files of this process share. */
async function preparedFolder(): Promise<string> {
  keys ??= filesWithKeys();
  const folder = await dataFolder();
  for (const [name, content] of await keys) await writeFile(join(folder, name), content);
  return folder;
}

/** Starts an identity provider on a free port and closes it after the test. */
export async function runningTenant(
  options: Partial<IdentityProviderOptions> = {},
): Promise<IdentityProvider> {
  const folder = options.dataFolder ?? (await preparedFolder());
  const provider = await startIdentityProvider({ ...TENANT, port: 0, ...options, dataFolder: folder });
  let closed: Promise<void> | undefined;
  const close = () => {
    // `fetch` notices one turn of the event loop later that its idle connections have closed.
    closed ??= provider.close().then(() => setImmediate());
    return closed;
  };
  onTestFinished(close);
  return { ...provider, close };
}

/** Signs in from the command line. */
export function signIn(issuer: string, options: Partial<LoginOptions> & { email: string }): Promise<Tokens> {
  return login({ issuer, ...CLI_CLIENT, audience: API_AUDIENCE, ...options });
}

/** Signs in and verifies the access token. */
export async function claimsOf(issuer: string, person: Parameters<typeof signIn>[1]) {
  return (await verified(issuer, (await signIn(issuer, person)).accessToken)).claims;
}

/** What the userinfo endpoint answers to an access token. */
export function userinfoOf(issuer: string, accessToken: string) {
  return fetchJson(`${issuer}userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
}

/** Fetches JSON from a URL. */
export async function fetchJson(
  url: string | URL,
  init?: RequestInit,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.json() };
}

/** Verifies a token with the issuer's published keys and returns its header and claims. */
export async function verified(issuer: string, token: string, audience = API_AUDIENCE) {
  const keys = createRemoteJWKSet(new URL(".well-known/jwks.json", issuer));
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer,
    audience,
    algorithms: ["RS256"],
  });
  return { claims: payload, header: protectedHeader };
}

/** The response at the end of a visitor's redirects. */
export interface Visit {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
}

/** A minimal browser. It follows redirects, keeps cookies and stops at the application. */
export class Visitor {
  readonly #cookies = new CookieJar();
  readonly #issuer: string;

  constructor(issuer: string) {
    this.#issuer = issuer;
  }

  /** The cookies of this browser, as a header. */
  get cookies(): string {
    return this.#cookies.header;
  }

  /** Opens the web application's authorization request with these parameters added or replaced (null removes one). */
  authorize(params: Record<string, string | null> = {}): Promise<Visit> {
    const url = new URL("authorize", this.#issuer);
    const all = {
      response_type: "code",
      client_id: FRONTEND_CLIENT_ID,
      redirect_uri: CALLBACK,
      scope: "openid email",
      code_challenge: createHash("sha256").update(randomBytes(8)).digest("base64url"),
      code_challenge_method: "S256",
      ...params,
    };
    for (const [name, value] of Object.entries(all)) if (value !== null) url.searchParams.set(name, value);
    return this.visit(url);
  }

  /** Opens the login page of the request and sends its form. */
  async signIn(params: Record<string, string | null>, form: Record<string, string>): Promise<Visit> {
    const { url } = await this.authorize(params);
    return this.visit(url, form);
  }

  async visit(from: URL | string, form?: Record<string, string>): Promise<Visit> {
    let url = new URL(from, this.#issuer);
    let body = form && new URLSearchParams(form);
    while (url.href.startsWith(this.#issuer)) {
      const response = await fetch(url, {
        redirect: "manual",
        headers: { accept: "text/html", cookie: this.#cookies.header },
        ...(body && { method: "POST", body }),
      });
      this.#cookies.take(response);
      const html = await response.text();
      const location = response.headers.get("location");
      if (location === null) return { url, status: response.status, headers: response.headers, html };
      url = new URL(location, url);
      body = undefined;
    }
    return { url, status: 0, headers: new Headers(), html: "" };
  }
}
