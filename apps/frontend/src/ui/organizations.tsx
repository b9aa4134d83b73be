import { usePlatform } from "@platform-api/client/react";
import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { Button } from "react-aria-components";
import type { Me, MyOrganization } from "../active-organization.ts";
import { announce } from "./announcer.tsx";
import { useApp } from "./app-context.ts";
import { Avatar } from "./avatar.tsx";
import { faultOf } from "./fault-of.ts";
import { Icon } from "./icon.tsx";
import { useStanding } from "./me.ts";
import { FailureNotice } from "./notice.tsx";
import { PageHeading } from "./page.tsx";
import { navigate } from "./path.ts";
import { PendingButton } from "./pending-button.tsx";

/** Where the person belongs, and where they may join. */
export function OrganizationsPage() {
  const { me } = useStanding();
  if (me.organizations.length === 0 && me.joinable.length === 0) return <NoOrganizationPage />;
  return (
    <>
      <div className="page-head">
        <PageHeading title="Organizations" />
        <p className="page-lead">Where you belong, and what you may join with this sign-in.</p>
      </div>
      <MyOrganizations />
      <Joinable />
    </>
  );
}

/** What to do where no organization counts, in place of the runs that none can have. */
export function NoOrganizationPage() {
  const { me } = useStanding();
  const { email, beginSignIn, signOut } = useApp();
  const address = me.user.email ?? email;
  if (me.organizations.length > 0 || me.joinable.length > 0) {
    const [locked] = me.organizations;
    const title = locked ? `${locked.name} has its own sign-in` : "Join your organization";
    return (
      <>
        <div className="page-head">
          <PageHeading title={title} />
          <p className="page-lead">
            {locked
              ? "You belong to it, and it accepts its single sign-on only. Sign in there to go on."
              : "You are signed in, and your address opens the organizations below."}
          </p>
        </div>
        <MyOrganizations />
        <Joinable />
      </>
    );
  }
  return (
    <section className="fault">
      <span className="fault-icon">
        <Icon name="building" size={22} />
      </span>
      <PageHeading title="You are not in an organization yet" className="fault-title" />
      <p className="fault-what">
        You are signed in
        {address && (
          <>
            {" "}
            as <bdi>{address}</bdi>
          </>
        )}
        . What you do here happens within an organization, and none knows this address yet.
      </p>
      <p className="fault-next">
        Ask an administrator of your organization to invite this address. It then appears here by itself.
      </p>
      <div className="actions">
        <Button className="button button-primary" onPress={() => beginSignIn()}>
          Use a different address
        </Button>
        <Button className="button button-plain" onPress={signOut}>
          Sign out
        </Button>
      </div>
    </section>
  );
}

function MyOrganizations() {
  const { me } = useStanding();
  if (me.organizations.length === 0) return null;
  return (
    <section aria-labelledby="mine">
      <h2 id="mine" className="section-title">
        Your organizations
      </h2>
      <ul className="card rows">
        {me.organizations.map((organization) => (
          <OrganizationRow key={organization.id} organization={organization} />
        ))}
      </ul>
    </section>
  );
}

function OrganizationRow({ organization }: { readonly organization: MyOrganization }) {
  const { me, organization: active, choose } = useStanding();
  const { email, beginSignIn } = useApp();
  const { id, name, role, ssoRequired } = organization;
  const address = me.user.email ?? email;
  return (
    <li className="row organization-row">
      <Avatar name={name} />
      <span className="row-text">
        <bdi className="row-name">{name}</bdi>
        <span className="quiet">
          {ssoRequired ? "Accepts its own single sign-on only" : `You are ${article(role)} ${role}`}
        </span>
      </span>
      {ssoRequired && (
        <Button
          className="button button-small"
          aria-label={`Sign in to ${name} with SSO`}
          onPress={() => beginSignIn({ ...(address !== null && { email: address }), isSsoOnly: true })}
        >
          <Icon name="lock" />
          Sign in
        </Button>
      )}
      {!ssoRequired && id === active?.id && <span className="badge">Active</span>}
      {!ssoRequired && id !== active?.id && (
        <Button
          className="button button-small"
          aria-label={`Switch to ${name}`}
          onPress={() => {
            choose(id);
            announce(`You now work in ${name}`);
          }}
        >
          Switch
        </Button>
      )}
    </li>
  );
}

function Joinable() {
  const { me } = useStanding();
  if (me.joinable.length === 0) return null;
  return (
    <section aria-labelledby="joinable">
      <h2 id="joinable" className="section-title">
        You can join
      </h2>
      <ul className="card rows">
        {me.joinable.map((organization) => (
          <JoinableRow key={organization.id} organization={organization} />
        ))}
      </ul>
    </section>
  );
}

function JoinableRow({ organization: { id, name } }: { readonly organization: Me["joinable"][number] }) {
  const { refresh, choose } = useStanding();
  const platform = usePlatform();
  // Two clicks may come before a render says that the first was taken.
  const isTaken = useRef(false);
  const joining = useMutation(
    platform.org.join.mutationOptions({
      onSuccess: async () => {
        choose(id);
        await refresh();
        announce(`You joined ${name}`);
        navigate("/");
      },
      // It may have succeeded before: what is joinable now tells.
      onError: () => refresh(),
      onSettled: () => {
        isTaken.current = false;
      },
    }),
  );
  const join = () => {
    if (isTaken.current) return;
    isTaken.current = true;
    joining.mutate({ organizationId: id });
  };
  return (
    <li className="row organization-row">
      <Avatar name={name} />
      <span className="row-text">
        <bdi className="row-name">{name}</bdi>
        <span className="quiet">Open to addresses of your domain</span>
      </span>
      <PendingButton
        className="button button-small button-primary"
        aria-label={`Join ${name}`}
        isPending={joining.isPending}
        onPress={join}
      >
        Join
      </PendingButton>
      {joining.error && (
        <FailureNotice
          title={`You have not joined ${name}`}
          hint="Nothing goes on by itself: join again in a moment."
          reason={faultOf(joining.error)}
          onTryNow={join}
          onDismiss={joining.reset}
        />
      )}
    </li>
  );
}

function article(role: string): string {
  return /^[aeiou]/.test(role) ? "an" : "a";
}
