import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "react-aria-components";
import { useApp } from "./app-context.ts";
import { CopyButton } from "./copy-button.tsx";
import { Icon } from "./icon.tsx";
import { ProblemNotice } from "./notice.tsx";
import { PageHeading } from "./page.tsx";
import { POLL_MS, useSteadyReason } from "./polling.ts";
import { useStanding } from "./use-me.ts";

export function AccountPage() {
  const { signOut } = useApp();
  const { me } = useStanding();
  const query = useQuery(
    usePlatform().auth.validate.queryOptions(undefined, { refetchInterval: POLL_MS * 4 }),
  );
  const problem = useSteadyReason(query);
  const who = query.data;
  const organization = me.organizations.find(({ id }) => id === who?.organizationId);
  return (
    <>
      <div className="page-head">
        <PageHeading title="Account" />
        <p className="page-lead">How Platform and its services identify you.</p>
      </div>
      <ProblemNotice reason={problem} onTryNow={() => query.refetch()} isTrying={query.isFetching} />
      <section className="card" aria-labelledby="who">
        <h2 id="who" className="card-title">
          Who am I?
        </h2>
        <dl className="facts">
          <Fact name="E-mail address">{me.user.email ?? "Not confirmed by this sign-in"}</Fact>
          <Fact name="User ID">
            <span className="fact-copy">
              <code>{me.user.userId}</code>
              <CopyButton text={me.user.userId} what="user ID" />
            </span>
          </Fact>
          <Fact name="Organization of this sign-in">
            {who && <bdi>{organization?.name ?? who.organizationId ?? "None (personal sign-in)"}</bdi>}
          </Fact>
        </dl>
      </section>
      <Button className="button" onPress={signOut}>
        <Icon name="out" />
        Sign out
      </Button>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children ?? <span className="skeleton" style={{ width: "9em" }} />}</dd>
    </div>
  );
}
