import type { RouterInputs, RouterOutputs } from "../../trpc/index.ts";
import { IN_ACME } from "./examples.ts";
import { tagged } from "./operation.ts";

type Inputs = RouterInputs["org"]["domains"];
type Outputs = RouterOutputs["org"]["domains"];

const DOMAINS = "/organizations/{organizationId}/domains";
const DOMAIN = `${DOMAINS}/{domain}`;
const ACME_EXAMPLE = { ...IN_ACME, domain: "acme.example" };

const PENDING: Outputs["claim"] = {
  domain: "acme.example",
  state: "pending",
  verifiedBy: null,
  record: {
    type: "TXT",
    host: "_platform-api",
    name: "_platform-api.acme.example",
    value: "platform-api-domain=5f2c1e0a9b7d4c3e8f6a1b2c3d4e5f60",
  },
  found: null,
  checkedAt: null,
  lapsesAt: null,
};
const VERIFIED: Outputs["check"] = {
  ...PENDING,
  state: "verified",
  verifiedBy: "dns",
  checkedAt: "2026-11-25T12:00:00.000Z",
};

const BY_ROLE = ["CLIENT_NOT_ALLOWED", "NOT_A_MEMBER", "ROLE_REQUIRED"] as const;

/** The e-mail domains of an organization, proved by DNS. */
export const DOMAIN_OPERATIONS = tagged("Domains", [
  {
    operationId: "listDomains",
    method: "get",
    path: DOMAINS,
    procedure: "org.domains.list",
    summary: "List the domains of an organization",
    description:
      "For admins: verified, claimed and lapsed ones, by name. A domain whose record is `missing` is still trusted until " +
      "`lapsesAt`. A change may take a second to appear.",
    input: { path: IN_ACME satisfies Inputs["list"] },
    answer: {
      name: "Domains",
      description: "The domains",
      examples: {
        "one of each kind": [
          VERIFIED,
          { ...PENDING, domain: "acme.test" },
          {
            ...PENDING,
            domain: "acme-labs.example",
            state: "verified",
            verifiedBy: "operator",
            record: null,
          },
        ],
      } satisfies Record<string, Outputs["list"]>,
    },
    reasons: BY_ROLE,
  },
  {
    operationId: "claimDomain",
    method: "post",
    path: DOMAINS,
    procedure: "org.domains.claim",
    summary: "Claim a domain",
    description:
      "For admins. `record` is the DNS record to create; then check the domain. Claiming it again changes nothing. An " +
      "unproved claim expires after 30 days. A public mail domain, or a public suffix, gets `INPUT_INVALID`.",
    input: { path: IN_ACME, body: { domain: "acme.example" } } satisfies {
      path: object;
      body: Omit<Inputs["claim"], "organizationId">;
    },
    answer: {
      name: "Domain",
      description: "The domain, with the record that proves it",
      examples: { claimed: PENDING },
    },
    reasons: [...BY_ROLE, "LIMIT_REACHED", "NOT_READY"],
  },
  {
    operationId: "checkDomain",
    method: "post",
    path: `${DOMAIN}/check`,
    procedure: "org.domains.check",
    summary: "Look for the DNS record of a domain",
    description:
      "For admins. The domain is verified when every resolver sees the record; otherwise `found` says what was seen in its " +
      "place. Within a second the last finding is answered. A domain that was not claimed gets `NOT_FOUND`.",
    input: { path: ACME_EXAMPLE satisfies Inputs["check"] },
    answer: {
      name: "Domain",
      description: "The domain, and what was found",
      examples: {
        verified: VERIFIED,
        "not there yet": {
          ...PENDING,
          checkedAt: "2026-11-25T12:00:00.000Z",
          found: { kind: "nothing", values: [], seenBy: 0, resolvers: 2 },
        },
      } satisfies Record<string, Outputs["check"]>,
    },
    reasons: [...BY_ROLE, "NOT_FOUND", "LIMIT_REACHED", "NOT_READY"],
  },
  {
    operationId: "releaseDomain",
    method: "delete",
    path: DOMAIN,
    procedure: "org.domains.release",
    summary: "Give a domain up",
    description:
      "For owners. Its value is not valid any more: a new claim gets another one. A domain that the organization does not " +
      "have counts as given up. `ROLE_REQUIRED` also for a domain of an operator, `NOT_READY` for the last verified one " +
      "while SSO is enforced. A body needs no fields.",
    input: { path: ACME_EXAMPLE satisfies Inputs["release"] },
    answer: {
      name: "Released",
      description: "Nothing",
      examples: { released: {} satisfies Outputs["release"] },
    },
    reasons: [...BY_ROLE, "NOT_READY"],
  },
]);
