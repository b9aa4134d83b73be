import { Link } from "react-aria-components";
import { brand } from "../app/config/brand.ts";
import { OrganizationsLink, OtherAddress, ProblemFrame } from "../app/problems/problem-frame.tsx";
import { exactTime } from "../design/text/time-ago.tsx";
import type { Me } from "./active-organization.ts";
import { ownerText } from "./person-text.ts";
import { useStanding } from "./use-me.ts";

export type ClosedOrganization = Me["closed"][number];

/** In place of the pages of a closed organization, for those who belonged to it. */
export function ClosedPage({ organization }: { readonly organization: ClosedOrganization }) {
  const { organizations, joinable, invitations, closed } = useStanding().me;
  const hasOthers = organizations.length + joinable.length + invitations.length + closed.length > 1;
  return (
    <ProblemFrame icon="lock" title={`${organization.name} is closed`}>
      <p className="problem-what">
        <ClosedText organization={organization} />.
      </p>
      <p className="problem-next">
        Nobody belongs to it any more, and nobody can join it. Nothing was deleted: {brand().name} can open it
        again. Ask an owner, or <SupportLink />.
      </p>
      <div className="actions">
        {hasOthers && <OrganizationsLink />}
        <OtherAddress isFirst={!hasOthers} />
      </div>
    </ProblemFrame>
  );
}

/** When an organization was closed, and by whom. */
export function ClosedText({
  organization: { closedAt, closedBy },
}: {
  readonly organization: ClosedOrganization;
}) {
  const when = closedAt === null ? "Closed" : `Closed on ${exactTime(closedAt)}`;
  return (
    <>
      {when} by {closedBy === null ? brand().name : <bdi>{ownerText(closedBy)}</bdi>}
    </>
  );
}

/** "contact support", which leads there if it is known where. */
export function SupportLink() {
  const { supportUrl } = brand();
  if (supportUrl === undefined) return "contact support";
  return (
    <Link className="settings-link" href={supportUrl} target="_blank" rel="noreferrer">
      contact support
    </Link>
  );
}
