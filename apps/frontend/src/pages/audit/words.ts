import type { IconName } from "../../design/icon.tsx";
import type { AuditAction, AuditEntry } from "./entry-shape.ts";

export interface ActionLabel {
  readonly action: AuditAction;
  readonly label: string;
}

interface ActionGroup {
  readonly icon: IconName;
  readonly labels: Readonly<Partial<Record<AuditAction, string>>>;
}

const MEMBERS = {
  "membership-created": "Member joined",
  "membership-removed": "Member removed",
  "membership-restored": "Member restored",
  "membership-left": "Member left",
  "role-changed": "Role changed",
} as const;
const INVITATIONS = {
  "invitation-sent": "Invitation sent",
  "invitation-resent": "Invitation sent again",
  "invitation-accepted": "Invitation accepted",
  "invitation-declined": "Invitation declined",
  "invitation-revoked": "Invitation revoked",
  "invitation-voided": "Invitation cancelled",
} as const;
const DOMAINS = {
  "domain-claimed": "Domain added",
  "domain-verified": "Domain verified",
  "domain-missing": "Domain record missing",
  "domain-lapsed": "Domain lapsed",
  "domain-released": "Domain released",
} as const;
const CONNECTIONS = {
  "connection-begun": "Connection set-up started",
  "connection-enabled": "Connection switched on",
  "connection-disabled": "Connection switched off",
  "connection-updated": "Connection changed",
  "connection-tested": "Connection tested",
  "connection-removed": "Connection removed",
} as const;
const ORGANIZATION = {
  "organization-created": "Organization created",
  "organization-updated": "Settings changed",
  "organization-closed": "Organization closed",
  "organization-reopened": "Organization reopened",
  "organization-applied": "Set-up applied",
} as const;
const ACCOUNTS = {
  "identity-linked": "First sign-in",
  "identity-conflict": "Sign-in refused",
  "identity-relinked": "Account moved",
  "identity-unlinked": "Sign-in disconnected",
  "identity-allowed": "Sign-in allowed",
  "seat-taken-over": "Account kept",
  "user-blocked": "Account blocked",
  "user-unblocked": "Account unblocked",
  "relink-window-opened": "Account moves allowed",
  "relink-window-closed": "Account moves ended",
} as const;

/** What an entry is called in the filter, by action. */
export const LABELS: Readonly<Record<AuditAction, string>> = {
  ...MEMBERS,
  ...INVITATIONS,
  ...DOMAINS,
  ...CONNECTIONS,
  ...ORGANIZATION,
  ...ACCOUNTS,
};

/** What a field that changed is called. A newer server may send others. */
export const FIELDS: Readonly<Record<string, string>> = {
  name: "Name",
  jit: "Joining without an invitation",
  defaultRole: "Default role",
  enforceSso: "Single sign-on required",
  auth0OrgId: "Id at the sign-in service",
  state: "State",
  role: "Role",
  status: "Status",
  displayName: "Display name",
  strategy: "Strategy",
} satisfies Record<keyof NonNullable<AuditEntry["after"]>, string>;

const GROUPS: readonly ActionGroup[] = [
  { icon: "users", labels: MEMBERS },
  { icon: "mail", labels: INVITATIONS },
  { icon: "globe", labels: DOMAINS },
  { icon: "key", labels: CONNECTIONS },
  { icon: "settings", labels: ORGANIZATION },
  { icon: "user", labels: ACCOUNTS },
];

/** The actions as the filter offers them, in groups. */
export const ACTION_GROUPS: readonly (readonly ActionLabel[])[] = GROUPS.map(({ labels }) =>
  Object.entries(labels).flatMap(([name, label]) => {
    const action = parseAction(name);
    return action === null ? [] : [{ action, label }];
  }),
);

export function iconOf(action: AuditAction): IconName {
  return GROUPS.find(({ labels }) => Object.hasOwn(labels, action))?.icon ?? "list";
}

/** Null for a text that is not an action, such as in a link that was edited by hand. */
export function parseAction(text: string): AuditAction | null {
  return isAction(text) ? text : null;
}

function isAction(text: string): text is AuditAction {
  return Object.hasOwn(LABELS, text);
}
