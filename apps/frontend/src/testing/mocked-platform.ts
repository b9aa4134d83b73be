import { createPlatformClient, type PlatformClient } from "@platform-api/client";
import {
  type PlatformHandlers,
  platformHandlers,
  type TestOrganization,
  type TestUser,
} from "@platform-api/client/testing";
import { getResponse } from "msw";
import type { FrontendConfigFile } from "../app/config/config.ts";

const CLIENT_ID = "platform-frontend";

/** The usual customer. */
export const ACME = { id: "acme", name: "Acme", domains: ["acme.example"] };
/** The usual user. */
export const JANE = { email: "jane@acme.example", memberships: { acme: "owner" } } as const;

export type Memberships = NonNullable<TestUser["memberships"]>;

/** The customer of a test, and where it begins. */
export interface Customer {
  /** Default: Acme. */
  readonly organizations?: readonly TestOrganization[];
  /** Default: Jane. */
  readonly users?: readonly TestUser[];
  /** The address of the user who is signed in. Default: Jane's. With null the page begins signed out. */
  readonly as?: string | null | undefined;
  /** Such as `/o/acme/members`. */
  readonly path: string;
  /** Added to `/config.json`. */
  readonly config?: Partial<FrontendConfigFile>;
}

/** What answers the console at one origin. */
export interface MockedPlatform {
  /** Plays platform-api: it can refuse, slow down, go down, and be changed by others. */
  readonly platform: PlatformHandlers;
  /** `/config.json`. */
  readonly config: FrontendConfigFile;
  /** The session as the frontend keeps it after a sign-in, as an item of the session storage. */
  readonly session: readonly [key: string, value: string] | null;
  /** platform-api as another person uses it at the same time. */
  clientOf(email: string): PlatformClient;
  /** @throws a TypeError, as `fetch` does, when there is no answer */
  ask(request: Request): Promise<Response>;
}

/** Mocks what the console needs below its own origin. */
export function mockPlatform(origin: string, options: Omit<Customer, "path">): MockedPlatform {
  const { organizations = [ACME], users = [JANE], as = JANE.email } = options;
  const url = `${origin}/platform`;
  const platform = platformHandlers({ url, organizations, users });
  const config = { ...configAt(origin), ...options.config };
  const ask = async (request: Request) => {
    const response = await getResponse([...platform.handlers], request);
    if (response === undefined || response.type === "error") throw new TypeError(`no answer: ${request.url}`);
    return response;
  };
  return {
    platform,
    config,
    session: as === null ? null : sessionOf(as, platform.tokenFor(as), config.issuer),
    clientOf: (email) =>
      createPlatformClient({
        url,
        token: platform.tokenFor(email),
        fetch: (input, init) => ask(new Request(input, init)),
      }),
    ask,
  };
}

/** The usual `/config.json`. */
export function configAt(origin: string): FrontendConfigFile {
  return {
    issuer: `${origin}/issuer/`,
    clientId: CLIENT_ID,
    audience: "https://platform-api.example",
    platformUrl: `${origin}/platform`,
    agenticBackendUrl: `${origin}/agentic`,
  };
}

function sessionOf(email: string, token: string, issuer: string): readonly [string, string] {
  const session = {
    access_token: token,
    token_type: "Bearer",
    scope: "openid profile email offline_access",
    profile: { sub: `auth0|${email}`, iss: issuer, aud: CLIENT_ID, email },
    expires_at: Math.floor(Date.now() / 1_000) + 3_600,
  };
  return [`oidc.user:${issuer}:${CLIENT_ID}`, JSON.stringify(session)];
}
