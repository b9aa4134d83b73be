import { Button, Link } from "react-aria-components";
import { brand } from "../app/config/brand.ts";
import { ProblemFrame } from "../app/problems/problem-frame.tsx";
import { useApp } from "../app/session/app-context.ts";
import { exactTime } from "../design/text/time-ago.tsx";
import type { Me } from "./active-organization.ts";
import { useStanding } from "./use-me.ts";

export type ClosedOrganization = Me["closed"][number];

/** In place of the pages of a closed organization, for those who belonged to it. */
export function ClosedPage({ organization }: { readonly organization: ClosedOrganization }) {
  const { beginSignIn, signOut } = useApp();
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
        {hasOthers && (
          <Link className="button button-primary" href="/organizations">
            See your organizations
          </Link>
        )}
        <Button
          className={`button ${hasOthers ? "button-plain" : "button-primary"}`}
          onPress={() => beginSignIn()}
        >
          Use a different address
        </Button>
        <Button className="button button-plain" onPress={signOut}>
          Sign out
        </Button>
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
      {when} by {closedBy === null ? brand().name : <bdi>{personText(closedBy)}</bdi>}
    </>
  );
}

/** A person by address, with the name that they have given themselves. */
export function personText({
  email,
  name,
}: {
  readonly email: string | null;
  readonly name: string | null;
}): string {
  if (email === null) return "a former member";
  return name === null ? email : `${name} (${email})`;
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
