import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { Button } from "react-aria-components";
import { useApp } from "./app-context.ts";
import { CopyableId, Fact, Facts } from "./facts.tsx";
import { Icon } from "./icon.tsx";
import { ProblemNotice } from "./notice.tsx";
import { PageHead } from "./page.tsx";
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
      <PageHead title="Account">How Platform and its services identify you.</PageHead>
      <ProblemNotice reason={problem} onTryNow={() => query.refetch()} isTrying={query.isFetching} />
      <Facts id="who" title="Who am I?">
        <Fact name="E-mail address">{me.user.email ?? "Not confirmed by this sign-in"}</Fact>
        <Fact name="User ID">
          <CopyableId id={me.user.userId} what="user ID" />
        </Fact>
        <Fact name="Organization of this sign-in">
          {who && <bdi>{organization?.name ?? who.organizationId ?? "None (personal sign-in)"}</bdi>}
        </Fact>
      </Facts>
      <Button className="button" onPress={signOut}>
        <Icon name="out" />
        Sign out
      </Button>
    </>
  );
}
