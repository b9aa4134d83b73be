import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import type { MyOrganization } from "../../organization/active-organization.ts";
import { ProblemFrame } from "../problems/problem-frame.tsx";
import type { OrganizationPage } from "./organization-pages.ts";

interface AdminsOnlyProps {
  readonly page: OrganizationPage;
  readonly organization: MyOrganization;
}

const LIST = new Intl.ListFormat("en");

const DUTIES: Readonly<Record<string, string>> = {
  members: "Admins manage members.",
  domains: "Admins manage domains.",
  "sign-in": "Admins set up single sign-on.",
  audit: "Admins can read the audit log.",
  settings: "Admins change the settings.",
};

/** Shown to members in place of a page for admins. It says whom to ask. */
export function AdminsOnly({ page: { page, name }, organization }: AdminsOnlyProps) {
  const { data } = useQuery(usePlatform().org.get.queryOptions({ organizationId: organization.id }));
  const owners = data?.owners ?? [];
  return (
    <ProblemFrame icon="lock" title={`${name} is for admins`}>
      <p className="problem-what">
        {DUTIES[page] ?? "Admins manage this."}
        {owners.length > 0 && (
          <>
            {" "}
            Yours {owners.length === 1 ? "is" : "are"} <bdi>{LIST.format(owners)}</bdi>.
          </>
        )}
      </p>
    </ProblemFrame>
  );
}
