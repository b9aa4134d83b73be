import type { ComponentType } from "react";
import { createPart, type Part } from "../../design/part.ts";
import type { MyOrganization } from "../../organization/active-organization.ts";
import type { OrganizationPageProps } from "../../organization/organization-page-props.ts";

export interface OrganizationPage {
  /** In the path: `/o/<organizationId>/<page>`. */
  readonly page: string;
  /** In the navigation. */
  readonly name: string;
  /** Whether only admins and owners see it. */
  readonly isForAdmins: boolean;
  /** Whether a third part of the path names something on the page, such as a run. */
  readonly hasParts: boolean;
  readonly part: Part<OrganizationPageProps>;
}

function organizationPage(
  page: string,
  name: string,
  load: () => Promise<ComponentType<OrganizationPageProps>>,
  { isForAdmins = true, hasParts = false } = {},
): OrganizationPage {
  return { page, name, isForAdmins, hasParts, part: createPart(load) };
}

/** The pages of an organization, in the order of the navigation. Each is a chunk of its own. */
export const ORGANIZATION_PAGES: readonly OrganizationPage[] = [
  organizationPage("runs", "Runs", async () => (await import("../../pages/runs/runs.tsx")).Runs, {
    isForAdmins: false,
    hasParts: true,
  }),
  organizationPage(
    "members",
    "Members",
    async () => (await import("../../pages/members/members.tsx")).Members,
  ),
  organizationPage(
    "domains",
    "Domains",
    async () => (await import("../../pages/domains/domains.tsx")).Domains,
  ),
  organizationPage(
    "sign-in",
    "Sign-in",
    async () => (await import("../../pages/single-sign-on/single-sign-on.tsx")).SingleSignOn,
  ),
  organizationPage("audit", "Audit", async () => (await import("../../pages/audit/audit.tsx")).Audit),
  organizationPage(
    "settings",
    "Settings",
    async () => (await import("../../pages/settings/settings.tsx")).Settings,
  ),
];

/** A page that is of no organization. */
export interface OwnPage {
  /** What it is called while its code is loaded. */
  readonly name: string;
  readonly part: Part<object>;
}

function ownPage(name: string, load: () => Promise<ComponentType<object>>): OwnPage {
  return { name, part: createPart(load) };
}

const loadOrganizations = () => import("../../pages/organizations/organizations.tsx");

/** The pages that somebody has without an organization. */
export const OWN_PAGES = {
  account: ownPage("Account", async () => (await import("../../pages/account/account.tsx")).AccountPage),
  organizations: ownPage("Organizations", async () => (await loadOrganizations()).OrganizationsPage),
  noOrganization: ownPage("Your organizations", async () => (await loadOrganizations()).NoOrganizationPage),
  invitation: ownPage(
    "The invitation",
    async () => (await import("../../pages/organizations/invitation-page.tsx")).InvitationPage,
  ),
} as const;

/** Whether the user may administer the organization. */
export function isAdmin({ role }: Pick<MyOrganization, "role">): boolean {
  return role !== "member";
}
