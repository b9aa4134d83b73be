import { usePlatform } from "@platform-api/client/react";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useRef } from "react";
import { Button } from "react-aria-components";
import type { Me, MyOrganization } from "../active-organization.ts";
import { announce } from "./announcer.tsx";
import { useApp } from "./app-context.ts";
import { Avatar } from "./avatar.tsx";
import { errorReason } from "./error-reason.ts";
import { Icon } from "./icon.tsx";
import { FailureNotice } from "./notice.tsx";
import { PageHead, PageHeading } from "./page.tsx";
import { navigate } from "./path.ts";
import { PendingButton } from "./pending-button.tsx";
import { useStanding } from "./use-me.ts";

export function OrganizationsPage() {
  return (
    <Organizations title="Organizations">
      The organizations you belong to, and those you can join.
    </Organizations>
  );
}

/** Shown in place of the runs page when no membership counts for this sign-in. */
export function NoOrganizationPage() {
  const [locked] = useStanding().me.organizations;
  return (
    <Organizations title={locked ? `${locked.name} has its own sign-in` : "Join your organization"}>
      {locked
        ? "You are a member, but this organization requires single sign-on. Sign in with SSO to continue."
        : "You are signed in. Your address lets you join the organizations below."}
    </Organizations>
  );
}

function Organizations({ title, children }: { readonly title: string; readonly children: string }) {
  const { organizations, joinable } = useStanding().me;
  if (organizations.length === 0 && joinable.length === 0) return <NoOrganization />;
  return (
    <>
      <PageHead title={title}>{children}</PageHead>
      <List id="mine" title="Your organizations">
        {organizations.map((organization) => (
          <OrganizationRow key={organization.id} organization={organization} />
        ))}
      </List>
      <List id="joinable" title="You can join">
        {joinable.map((organization) => (
          <JoinableRow key={organization.id} organization={organization} />
        ))}
      </List>
    </>
  );
}

function NoOrganization() {
  const { beginSignIn, signOut } = useApp();
  const address = useAddress();
  return (
    <section className="problem">
      <span className="problem-icon">
        <Icon name="building" size={22} />
      </span>
      <PageHeading title="You are not in an organization yet" />
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

/** The confirmed address of the user, or else the one from the sign-in. */
function useAddress(): string | null {
  const { email } = useApp();
  return useStanding().me.user.email ?? email;
}

interface ListProps {
  readonly id: string;
  readonly title: string;
  readonly children: readonly ReactNode[];
}

function List({ id, title, children }: ListProps) {
  if (children.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="section-title">
        {title}
      </h2>
      <ul className="card rows">{children}</ul>
    </section>
  );
}

interface RowProps {
  readonly name: string;
  readonly note: string;
  readonly children: ReactNode;
}

function Row({ name, note, children }: RowProps) {
  return (
    <li className="row organization-row">
      <Avatar name={name} />
      <span className="row-text">
        <bdi className="row-name">{name}</bdi>
        <span className="quiet">{note}</span>
      </span>
      {children}
    </li>
  );
}

function OrganizationRow({ organization }: { readonly organization: MyOrganization }) {
  const { organization: active, choose } = useStanding();
  const { beginSignIn } = useApp();
  const { id, name, role, ssoRequired } = organization;
  const address = useAddress();
  return (
    <Row name={name} note={ssoRequired ? "Requires single sign-on" : `You are ${article(role)} ${role}`}>
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
    </Row>
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
    <Row name={name} note="Open to your e-mail domain">
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
    </Row>
  );
}

function article(role: string): string {
  return /^[aeiou]/.test(role) ? "an" : "a";
}
