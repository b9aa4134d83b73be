import "./account.css";
import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Link } from "react-aria-components";
import { brand, branded } from "../../app/config/brand.ts";
import { ProblemNotice } from "../../app/problems/notice.tsx";
import { POLL_MS, pollWhileFailing, useSteadyReason } from "../../app/problems/polling.ts";
import { PageHead } from "../../app/routing/page.tsx";
import { pathOf } from "../../app/routing/path.ts";
import { useApp } from "../../app/session/app-context.ts";
import { lastRoute } from "../../app/session/last-route.ts";
import { Avatar } from "../../design/avatar.tsx";
import { Icon } from "../../design/icon.tsx";
import { lazyOverlay } from "../../design/overlays/lazy-overlay.tsx";
import { Badge } from "../../design/text/badge.tsx";
import { CopyableId, Fact, Facts } from "../../design/text/facts.tsx";
import { exactTime, Time } from "../../design/text/time-ago.tsx";
import type { MyOrganization } from "../../organization/active-organization.ts";
import { ROLE_NAMES } from "../../organization/role-text.ts";
import { useStanding } from "../../organization/use-me.ts";
import { RULES, signInText, usualName } from "./link-texts.ts";

const { Overlay: SignOutDialog, preload: preloadSignOut } = lazyOverlay(
  async () => (await import("./sign-out-dialog.tsx")).SignOutDialog,
);

export function AccountPage() {
  const { me } = useStanding();
  const platform = usePlatform();
  const validating = useQuery(
    platform.auth.validate.queryOptions(undefined, { refetchInterval: POLL_MS * 4 }),
  );
  const linking = useQuery(
    platform.auth.link.queryOptions(undefined, {
      staleTime: Number.POSITIVE_INFINITY,
      refetchInterval: pollWhileFailing,
    }),
  );
  const linkProblem = useSteadyReason(linking);
  const isUnlinked = linkProblem === "NOT_FOUND";
  const validateProblem = useSteadyReason(validating);
  const problem = validateProblem ?? (isUnlinked ? null : linkProblem);
  const who = validating.data;
  const own = me.organizations.find(({ id }) => id === who?.organizationId);
  const tryNow = () => Promise.all([validating.refetch(), linking.refetch()]);
  return (
    <>
      <PageHead title="Account">How {brand().name} and its services identify you.</PageHead>
      <h2 className="visually-hidden">Your account</h2>
      <ProblemNotice
        reason={problem}
        error={validating.error ?? linking.error}
        onTryNow={tryNow}
        isTrying={validating.isFetching || linking.isFetching}
      />
      <Facts id="who" title="Who am I?">
        <Fact name="E-mail address">
          <bdi>{me.user.email ?? "Not confirmed by this sign-in"}</bdi>
        </Fact>
        <Fact name="User ID">
          <CopyableId id={me.user.userId} what="user ID" />
        </Fact>
        <Fact name={who?.organizationId === null ? "This sign-in" : "Organization of this sign-in"}>
          {who && <bdi>{own?.name ?? who.organizationId ?? signInText(lastRoute())}</bdi>}
        </Fact>
      </Facts>
      <LinkFacts isUnlinked={isUnlinked} isUnknown={problem !== null} link={linking.data} />
      <Memberships organizations={me.organizations} />
      <SignOut />
    </>
  );
}

function SignOut() {
  const { signOut } = useApp();
  const [isAsking, setAsking] = useState(false);
  return (
    <section className="card" aria-labelledby="out">
      <h2 id="out" className="card-title">
        Sign out
      </h2>
      <div className="account-out">
        <p className="quiet">
          Ends this sign-in in every tab of this browser, and at the sign-in service. Other browsers and
          devices stay signed in.
        </p>
        <Button className="button" onPress={signOut}>
          <Icon name="out" />
          Sign out everywhere on this browser
        </Button>
      </div>
      <div className="account-out">
        <p className="quiet">
          Ends all your sign-ins within 10 seconds: in this browser, in every other one, and in every service.
          Runs that you started stop, too. Use it if you have lost a device, or if somebody else may be signed
          in as you.
        </p>
        <Button
          className="button"
          onHoverStart={preloadSignOut}
          onFocus={preloadSignOut}
          onPress={() => setAsking(true)}
        >
          <Icon name="out" />
          Sign out everywhere
        </Button>
      </div>
      {isAsking && <SignOutDialog onClose={() => setAsking(false)} />}
    </section>
  );
}

interface LinkFactsProps {
  readonly link:
    | { readonly rule: keyof typeof RULES; readonly connection: string; readonly linkedAt: string }
    | undefined;
  /** The token names the account itself. */
  readonly isUnlinked: boolean;
  /** The link could not be loaded. */
  readonly isUnknown: boolean;
}

/** How the sign-in became this account. */
function LinkFacts({ link, isUnlinked, isUnknown }: LinkFactsProps) {
  if (isUnlinked) {
    return (
      <Facts id="link" title="How your account is linked">
        <Fact name="Recognized by">Your sign-in names the account itself</Fact>
      </Facts>
    );
  }
  const missing = isUnknown ? "Not loaded" : undefined;
  return (
    <Facts id="link" title="How your account is linked">
      <Fact name="Recognized by">{link ? branded(RULES[link.rule]) : missing}</Fact>
      <Fact name="First sign-in through">
        {link ? (usualName(link.connection) ?? <code>{link.connection}</code>) : missing}
      </Fact>
      <Fact name="Linked since">
        {link ? (
          <span>
            {exactTime(link.linkedAt)}{" "}
            <span className="quiet account-ago">
              (<Time at={link.linkedAt} />)
            </span>
          </span>
        ) : (
          missing
        )}
      </Fact>
    </Facts>
  );
}

function Memberships({ organizations }: { readonly organizations: readonly MyOrganization[] }) {
  const { organization: active } = useStanding();
  return (
    <section className="card rows" aria-labelledby="memberships">
      <div className="account-title">
        <h2 id="memberships" className="card-title">
          Organizations and roles
        </h2>
        <Link className="account-all" href="/organizations">
          Join or leave
        </Link>
      </div>
      {organizations.length === 0 && <p className="row quiet">You are not in an organization.</p>}
      <ul>
        {organizations.map(({ id, name, role, ssoRequired }) => (
          <li key={id} className="row organization-row">
            <Avatar id={id} name={name} />
            <span className="row-text">
              {ssoRequired ? (
                <bdi className="row-name">{name}</bdi>
              ) : (
                <Link className="row-link" href={pathOf(id, "runs")}>
                  <bdi>{name}</bdi>
                </Link>
              )}
              <span className="quiet">{ROLE_NAMES[role]}</span>
            </span>
            {id === active?.id && <Badge tone="accent">Active</Badge>}
            {ssoRequired && (
              <Badge tone="warn" icon="lock">
                Requires single sign-on
              </Badge>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
