import { randomBytes } from "node:crypto";

/** A route to one identity provider, as a tenant at Auth0 knows it. */
export interface Connection {
  /** Unique in the tenant. */
  readonly name: string;
  /** Auth0's name for the kind of identity provider: `waad`, `okta`, `samlp`, `google-oauth2`, `auth0` … */
  readonly strategy: string;
  readonly displayName: string;
  /** The e-mail domains whose users the password page sends on to it (Auth0's `domain_aliases`). Default: none. */
  readonly domains?: readonly string[];
}

/** A connection with what the Management API tells of it. */
export interface TenantConnection extends Connection {
  /** `con_…`. A connection that is created again under the same name has another one. */
  readonly id: string;
  /** The settings of its strategy. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A customer's organization at Auth0. */
export interface Organization {
  /** `org_…` */
  readonly auth0OrgId: string;
  readonly name: string;
  /** Default: its name. */
  readonly displayName?: string;
  /** The names of the connections that its users may sign in through. Default: any. The first one is the default. */
  readonly connections?: readonly string[];
}

/** Auth0's password database, which is the default connection. */
export const PASSWORD_CONNECTION: Connection = {
  name: "Username-Password-Authentication",
  strategy: "auth0",
  displayName: "Platform",
};

/** What depends on the kind of identity provider behind a connection. */
interface Strategy {
  /** The name that users know. */
  readonly label: string;
  /** Whether Auth0 treats its addresses as verified. By default it does not for Entra ID and AD FS. */
  readonly isEmailVerified: boolean;
  /** Creates a subject in the format that Auth0 uses. */
  readonly newSubject: (connection: string, email: string) => string;
}

const STRATEGIES: Readonly<Record<string, Strategy>> = {
  auth0: {
    label: "E-mail and password",
    isEmailVerified: false,
    newSubject: () => `auth0|${randomBytes(12).toString("hex")}`,
  },
  waad: { label: "Entra ID", isEmailVerified: false, newSubject: () => `waad|${opaqueId()}` },
  adfs: {
    label: "AD FS",
    isEmailVerified: false,
    newSubject: (connection, email) => `adfs|${connection}|${email}`,
  },
  samlp: {
    label: "SAML",
    isEmailVerified: true,
    newSubject: (connection, email) => `samlp|${connection}|${email}`,
  },
  okta: {
    label: "Okta",
    isEmailVerified: true,
    newSubject: (connection) => `okta|${connection}|00u${randomBytes(9).toString("hex").slice(0, 17)}`,
  },
  oidc: {
    label: "OpenID Connect",
    isEmailVerified: true,
    newSubject: (connection) => `oidc|${connection}|${opaqueId()}`,
  },
  "google-apps": {
    label: "Google Workspace",
    isEmailVerified: true,
    newSubject: (_connection, email) => `google-apps|${email}`,
  },
  "google-oauth2": {
    label: "Google",
    isEmailVerified: true,
    newSubject: () => `google-oauth2|1${randomBytes(8).readBigUInt64BE().toString().padStart(20, "0")}`,
  },
};

/** The kind of identity provider behind a connection. An unlisted strategy counts as enterprise SSO. */
export function strategyOf({ strategy }: Pick<Connection, "strategy">): Strategy {
  return (
    STRATEGIES[strategy] ?? {
      label: strategy,
      isEmailVerified: true,
      newSubject: (connection) => `${strategy}|${connection}|${opaqueId()}`,
    }
  );
}

/** 43 characters: as long as Entra ID's pairwise subjects. */
function opaqueId(): string {
  return randomBytes(32).toString("base64url");
}
