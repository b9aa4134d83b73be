import type { MyOrganization } from "./active-organization.ts";

/** What every page of an organization gets. */
export interface OrganizationPageProps {
  readonly organization: MyOrganization;
  /** The last part of the path, such as the id of a run. Null without one. */
  readonly rest: string | null;
}
