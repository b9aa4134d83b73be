import { usePlatform } from "@platform-api/client/react";
import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { Button } from "react-aria-components";
import type { Me, MyOrganization } from "../active-organization.ts";
import { announce } from "./announcer.tsx";
import { useApp } from "./app-context.ts";
import { Avatar } from "./avatar.tsx";
import { errorReason } from "./error-reason.ts";
import { Icon } from "./icon.tsx";
import { FailureNotice } from "./notice.tsx";
import { PageHeading } from "./page.tsx";
import { navigate } from "./path.ts";
import { PendingButton } from "./pending-button.tsx";
import { useStanding } from "./use-me.ts";

export function OrganizationsPage() {
  const { me } = useStanding();
  if (me.organizations.length === 0 && me.joinable.length === 0) return <NoOrganizationPage />;
  return (
    <>
      <div className="page-head">
        <PageHeading title="Organizations" />
        <p className="page-lead">The organizations you belong to, and those you can join.</p>
      </div>
      <MyOrganizations />
      <Joinable />
    </>
  );
}

/** Shown in place of the runs page when no membership counts for this sign-in. */
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
              ? "You are a member, but this organization requires single sign-on. Sign in with SSO to continue."
              : "You are signed in. Your address lets you join the organizations below."}
          </p>
        </div>
        <MyOrganizations />
        <Joinable />
      </>
    );
  }
  return (
    <section className="problem">
      <span className="problem-icon">
        <Icon name="building" size={22} />
      </span>
      <PageHeading title="You are not in an organization yet" className="problem-title" />
      <p className="problem-what">
        You are signed in
        {address && (
          <>
            {" "}
            as <bdi>{address}</bdi>
          </>
        )}
        . You need to be a member of an organization, and none has invited this address yet.
      </p>
      <p className="problem-next">
        Ask an administrator of your organization to invite this address. The organization will then appear
        here automatically.
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
          {ssoRequired ? "Requires single sign-on" : `You are ${article(role)} ${role}`}
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
            announce(`Switched to ${name}`);
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
  // A second click may arrive before the render that disables the button.
  const isTaken = useRef(false);
  const joining = useMutation(
    platform.org.join.mutationOptions({
      onSuccess: async () => {
        choose(id);
        await refresh();
        announce(`You joined ${name}`);
        navigate("/");
      },
      // An earlier attempt may have succeeded, so the lists are loaded again.
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
        <span className="quiet">Open to your e-mail domain</span>
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
          hint="Wait a moment, then try joining again."
          reason={errorReason(joining.error)}
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
