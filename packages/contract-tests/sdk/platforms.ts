import { createPlatformClient } from "@platform-api/client";
import { platformHandlers } from "@platform-api/client/testing";
import { openWizard } from "@platform-api/dev/identity-provider";
import { http, passthrough } from "msw";
import { setupServer } from "msw/node";
import { startSelfServiceUpstreams } from "../simulator/self-service.ts";
import { ALL_PEOPLE, ORGANIZATIONS, PEOPLE, type Person } from "./personas.ts";
import { prepareStack, signIn, subjectOf } from "./prepared-stack.ts";

/** A refusal or an outage that no persona gets because of who they are. */
export type Trouble =
  | "TOKEN_EXPIRED"
  | "TOKEN_REVOKED"
  | "USER_TOKEN_REQUIRED"
  | "EMAIL_MISSING"
  | "EMAIL_INVALID"
  | "IDENTITY_CONFLICT"
  | "IDENTITY_BLOCKED"
  | "RATE_LIMITED"
  | "KEYS_UNAVAILABLE"
  | "DIRECTORY_UNAVAILABLE"
  | "STORE_UNAVAILABLE";

/** The address and the token of a call. */
export interface FailingCall {
  readonly url: string;
  readonly token: string;
}

/** What a token says beside its user: which application it was issued to, and who acts for the user. */
export interface TokenLimits {
  /** Default: the console. */
  readonly clientId?: string | null;
  readonly actor?: { readonly clientId: string | null; readonly person: Person | null };
}

/** platform-api as its callers see it, real or mocked, with the personas. */
export interface RunningPlatform {
  readonly url: string;
  /** An access token of a persona. A persona who acts must have signed in. */
  tokenOf(person: Person, limits?: TokenLimits): Promise<string>;
  /** A token that a machine got itself. `runs` and `reports` are services, with `standing` and with `audit`. */
  machineToken(clientId: string): Promise<string>;
  /** An address and a token for which every call fails in this way. */
  failingWith(trouble: Trouble): Promise<FailingCall>;
  /** Sets the TXT records of a name, as at a DNS provider. */
  setTxt(name: string, ...values: readonly string[]): void;
  /** Sets up a connection at Auth0, with `samlp`. */
  setUp(begun: { readonly name: string; readonly setupUrl: string }): Promise<void>;
  close(): Promise<void>;
}

/** The handlers of `@platform-api/client/testing`. */
export async function startHandlers(): Promise<RunningPlatform> {
  const url = "http://platform.test";
  const platform = platformHandlers({
    url,
    organizations: ORGANIZATIONS,
    users: ALL_PEOPLE,
    services: [{ clientId: "runs" }, { clientId: "reports", permissions: ["audit"] }],
  });
  const loopback = http.all(/^http:\/\/127\.0\.0\.1:/, () => passthrough());
  const server = setupServer(...platform.handlers, loopback);
  server.listen({ onUnhandledFrame: "error" });
  return {
    url,
    async tokenOf(person, { clientId, actor } = {}) {
      const userId = actor?.person ? await userIdOf(url, platform.tokenFor(PEOPLE[actor.person])) : null;
      return platform.tokenFor(PEOPLE[person].email, {
        ...(clientId !== undefined && { clientId }),
        ...(actor && { actor: { clientId: actor.clientId, userId } }),
      });
    },
    machineToken: async (clientId) => platform.tokenForService(clientId),
    async failingWith(trouble) {
      const isExpiry = trouble === "TOKEN_EXPIRED"; // the boss's token, as with the server: the renewed token must be the same user's
      const token = platform.tokenFor(PEOPLE[isExpiry ? "boss" : "newcomer"].email);
      if (isExpiry) platform.expire(token);
      else platform.refuse(trouble, { token });
      return { url, token };
    },
    setTxt: (name, ...values) => platform.setTxt(name, ...values),
    setUp: async ({ name }) => platform.finishSetup(name),
    close: async () => server.close(),
  };
}

async function userIdOf(url: string, token: string): Promise<string> {
  return (await createPlatformClient({ url, retries: 0, token }).auth.validate.query()).userId;
}

const NOWHERE = "http://127.0.0.1:9";

/** The server itself over HTTP, with tokens signed by an issuer. */
export async function startServer(): Promise<RunningPlatform> {
  const upstreams = await startSelfServiceUpstreams();
  const stack = await prepareStack({
    ...upstreams.settings,
    ADMIN_CLIENT_IDS: "console",
    SERVICE_CLIENTS: "runs=standing,reports=audit",
  });
  const { url, issuer } = stack;
  const tokenOfAnyUser = () => signIn(issuer, { email: "anybody@mail.example" });
  const elsewhere = async (settings: Record<string, string>) => ({
    url: (await stack.another(settings)).url,
    token: await tokenOfAnyUser(),
  });
  const troubles: Readonly<Record<Trouble, () => Promise<FailingCall>>> = {
    async TOKEN_EXPIRED() {
      const now = Math.floor(Date.now() / 1_000);
      return { url, token: await signIn(issuer, PEOPLE.boss, { iat: now - 7_200, exp: now - 3_600 }) };
    },
    async TOKEN_REVOKED() {
      const token = await signIn(issuer, { email: "signed-out@mail.example" });
      const { userId } = await stack.client(token).auth.validate.query();
      await stack.succeed("identity", "sign-out", userId, "--yes");
      return { url, token };
    },
    async USER_TOKEN_REQUIRED() {
      return { url, token: await issuer.sign("machine@clients", { gty: "client-credentials" }) };
    },
    EMAIL_MISSING: async () => ({ url, token: await signIn(issuer, { connection: "acme-entra" }) }),
    EMAIL_INVALID: async () => ({ url, token: await signIn(issuer, { email: "x" }) }),
    async IDENTITY_CONFLICT() {
      const taken = { email: "taken@acme.example", connection: "acme-entra" };
      await stack.client(await signIn(issuer, taken)).auth.validate.query();
      return { url, token: await signIn(issuer, taken, {}, "waad|another") };
    },
    async IDENTITY_BLOCKED() {
      const token = await signIn(issuer, { email: "blocked@mail.example" });
      const { userId } = await stack.client(token).auth.validate.query();
      await stack.succeed("identity", "block", userId, "--yes");
      return { url, token };
    },
    async RATE_LIMITED() {
      const { url } = await stack.another({ RATE_LIMIT_FAILED_TOKENS_PER_MINUTE: "1" });
      const token = "not-a-token";
      await fetch(`${url}/trpc/auth.validate`, { headers: { "x-user-token": token } });
      return { url, token };
    },
    KEYS_UNAVAILABLE: () => elsewhere({ AUTH0_JWKS_URL: `${NOWHERE}/jwks.json` }),
    DIRECTORY_UNAVAILABLE: () => elsewhere({ CLJ_PG_WRAPPER_URL: NOWHERE, DIRECTORY_DEADLINE_MS: "500" }),
    STORE_UNAVAILABLE: () => elsewhere({ DYNAMODB_ENDPOINT: NOWHERE, STORE_DEADLINE_MS: "300" }),
  };
  const failing = new Map<Trouble, Promise<FailingCall>>();
  return {
    url,
    tokenOf: (person, { clientId = "console", actor } = {}) =>
      signIn(issuer, PEOPLE[person], {
        azp: clientId ?? undefined,
        ...(actor && {
          act: { sub: actor.person ? subjectOf(PEOPLE[actor.person]) : "agt_1", client_id: actor.clientId },
        }),
      }),
    machineToken: (clientId) =>
      issuer.sign(`${clientId}@clients`, { azp: clientId, gty: "client-credentials" }),
    failingWith(trouble) {
      const call = failing.get(trouble) ?? troubles[trouble]();
      failing.set(trouble, call);
      return call;
    },
    setTxt: (name, ...values) => {
      const { records } = upstreams.dns;
      if (values.length === 0) records.remove(name);
      else records.set(name, values);
    },
    setUp: async ({ setupUrl }) => {
      const wizard = await openWizard(setupUrl);
      await wizard.create("samlp");
      await wizard.enable();
    },
    async close() {
      await stack.close();
      await upstreams.close();
    },
  };
}
