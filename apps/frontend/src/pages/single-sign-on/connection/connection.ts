import type { PlatformClient } from "@platform-api/client";

type Org = PlatformClient["org"];

/** As `org.connections.list` answers it. */
export type Connection = Awaited<ReturnType<Org["connections"]["get"]["query"]>>;
/** One rule of a test, as `org.connections.test` answers it. */
export type TestStep = Awaited<ReturnType<Org["connections"]["test"]["mutate"]>>["steps"][number];

const STRATEGIES: Readonly<Record<string, string>> = {
  ad: "Active Directory",
  adfs: "AD FS",
  "auth0-adldap": "Active Directory or LDAP",
  "auth0-oidc": "OpenID Connect",
  "auth0-samlp": "SAML",
  "google-apps": "Google Workspace",
  ip: "IP address",
  "keycloak-samlp": "Keycloak",
  office365: "Microsoft 365",
  oidc: "OpenID Connect",
  okta: "Okta",
  "okta-samlp": "Okta, by SAML",
  pingfederate: "PingFederate",
  samlp: "SAML",
  sharepoint: "SharePoint",
  waad: "Entra ID",
};

/** What kind of sign-in a connection is, in words. */
export function strategyName(strategy: string | null): string {
  return strategy === null ? "Not set up yet" : (STRATEGIES[strategy] ?? strategy);
}

export function isEnabled({ state }: Pick<Connection, "state">): boolean {
  return state === "enabled";
}

/** What a set-up waits for. `isWrong`: it cannot go on as it is. */
export interface Waiting {
  readonly text: string;
  readonly isWrong: boolean;
}

const WAITING: Readonly<Record<NonNullable<Connection["waitingFor"]>, Waiting>> = {
  connection: {
    text: "Waiting for the details of your identity provider. Enter them in the other tab.",
    isWrong: false,
  },
  clients: {
    text: "The connection exists, but nobody can sign in through it yet. Enable it in the other tab.",
    isWrong: false,
  },
  organization: {
    text: "The connection exists, but it is not enabled for your organization yet. Finish the last step in the other tab.",
    isWrong: false,
  },
  strategy: {
    text: "What was set up is not single sign-on. Start again, and choose your company’s identity provider, such as Okta, Entra ID, Google Workspace or SAML.",
    isWrong: true,
  },
  commonEndpoint: {
    text: "The set-up uses Microsoft’s common endpoint, through which people of any company could sign in. Start again with your own Microsoft tenant.",
    isWrong: true,
  },
};

export function waitingText(waitingFor: Connection["waitingFor"]): Waiting {
  return waitingFor === null
    ? { text: "Waiting for the set-up in the other tab to begin.", isWrong: false }
    : WAITING[waitingFor];
}
