import type { Reason } from "../../domain/index.ts";
import type { RouterInputs, RouterOutputs } from "../../trpc/index.ts";
import type { OperationId } from "../rest-operations.ts";

/** What a description says of an operation beyond its schemas. */
export interface OperationWords {
  readonly tag: "Tokens" | "Organizations" | "Sign-in";
  readonly summary: string;
  readonly description: string;
  /** Answers by name; each must satisfy the operation's own schema. */
  readonly examples: Readonly<Record<string, unknown>>;
  /** An example of each field of the input. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** What it may be refused for, beside what every operation may be. */
  readonly reasons: readonly Reason[];
  /** Whether a body is read: it may then be too large, or of the wrong type. */
  readonly readsBody: boolean;
}

/** Whatever the procedure: the person is resolved first, and who was removed gets no further. */
const PERSON_REASONS = [
  "TOKEN_MISSING",
  "TOKEN_INVALID",
  "TOKEN_EXPIRED",
  "CREDENTIALS_CONFLICT",
  "USER_TOKEN_REQUIRED",
  "EMAIL_MISSING",
  "EMAIL_INVALID",
  "EMAIL_UNVERIFIED",
  "DOMAIN_NOT_ALLOWED",
  "SSO_REQUIRED",
  "IDENTITY_CONFLICT",
  "IDENTITY_BLOCKED",
  "MEMBERSHIP_REMOVED",
  "KEYS_UNAVAILABLE",
  "DIRECTORY_UNAVAILABLE",
  "STORE_UNAVAILABLE",
  "OVERLOADED",
] as const satisfies readonly Reason[];

const USER_ID = "7c18584b-d06e-4ad2-9ff1-6ef64128fed0";
const JANE = "jane@acme.example";

const VALIDATION: RouterOutputs["auth"]["validate"] = {
  userId: USER_ID,
  email: JANE,
  source: "auth0",
  organizationId: "acme",
  expiresAt: "2026-11-25T12:00:00.000Z",
};

const validate: OperationWords = {
  tag: "Tokens",
  summary: "Whose token is this?",
  description:
    "Answers with the company's own UUID of the person, never with the identity provider's subject. A person who " +
    "has never been here gets one on this first call. Call it before anything else that a request does.",
  examples: {
    member: VALIDATION,
    "no organization": { ...VALIDATION, organizationId: null },
    "address not trusted": { ...VALIDATION, email: null },
  },
  reasons: PERSON_REASONS,
  readsBody: false,
};

const CHECK_INPUT: RouterInputs["auth"]["check"] = { organizationId: "acme", role: "admin" };

const check: OperationWords = {
  tag: "Organizations",
  summary: "Does the person have a role in an organization?",
  description:
    "Any role unless `role` is given. An organization that does not exist is answered as one that the person does " +
    "not belong to.",
  input: CHECK_INPUT,
  examples: {
    allowed: { allowed: true, role: "admin" },
    "role too weak": { allowed: false, role: "member" },
    "not a member": { allowed: false, role: null },
  } satisfies Record<string, RouterOutputs["auth"]["check"]>,
  reasons: [...PERSON_REASONS, "INPUT_INVALID"],
  readsBody: false,
};

const myOrganizations: OperationWords = {
  tag: "Organizations",
  summary: "Who am I, where do I belong, and where may I join?",
  description: "After invitations and just-in-time membership; asking again changes nothing.",
  examples: {
    member: {
      user: { userId: USER_ID, email: JANE },
      organizations: [{ id: "acme", name: "Acme", role: "member", ssoRequired: false }],
      activeOrganizationId: "acme",
      joinable: [{ id: "acme-labs", name: "Acme Labs" }],
    },
    "belongs nowhere yet": {
      user: { userId: USER_ID, email: JANE },
      organizations: [],
      activeOrganizationId: null,
      joinable: [],
    },
  } satisfies Record<string, RouterOutputs["org"]["me"]>,
  reasons: PERSON_REASONS,
  readsBody: false,
};

const DISCOVER_INPUT: RouterInputs["discover"]["byEmail"] = { email: JANE };

const discover: OperationWords = {
  tag: "Sign-in",
  summary: "How do the people of this address's domain sign in?",
  description:
    "Depends on the domain alone: nobody learns who exists. Needs no token, and looks at none. The address is in " +
    "the body because it must not be in a URL.",
  input: DISCOVER_INPUT,
  examples: {
    sso: {
      method: "sso",
      passwordAllowed: true,
      options: [
        {
          connection: "acme-entra",
          displayName: "Acme (Entra ID)",
          authorize: { connection: "acme-entra", organization: "org_acme", login_hint: JANE },
        },
      ],
    },
    password: { method: "password" },
  } satisfies Record<string, RouterOutputs["discover"]["byEmail"]>,
  reasons: ["INPUT_INVALID", "STORE_UNAVAILABLE"],
  readsBody: true,
};

export const OPERATION_WORDS: Readonly<Record<OperationId, OperationWords>> = {
  validate,
  validateByPost: {
    ...validate,
    summary: "Whose token is this? By POST",
    description: "The same as by GET, for callers that can only send POST. A body, if any, is not looked at.",
    reasons: [...PERSON_REASONS, "INPUT_INVALID"],
    readsBody: true,
  },
  check,
  myOrganizations,
  discover,
};
