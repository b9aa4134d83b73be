import { usePlatform } from "@platform-api/client/react";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { errorReason } from "../../app/problems/error-reason.ts";
import { FailureNotice } from "../../app/problems/notice.tsx";
import { PageHead } from "../../app/routing/page.tsx";
import { navigate, pathOf } from "../../app/routing/path.ts";
import { useApp } from "../../app/session/app-context.ts";
import { announce } from "../../design/announcer.tsx";
import { Avatar } from "../../design/avatar.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Icon } from "../../design/icon.tsx";
import { lazyOverlay } from "../../design/overlays/lazy-overlay.tsx";
import { Badge } from "../../design/text/badge.tsx";
import type { Me, MyOrganization } from "../../organization/active-organization.ts";
import { ClosedText } from "../../organization/closed.tsx";
import { Elsewhere } from "../../organization/elsewhere.tsx";
import { aRole } from "../../organization/role-text.ts";
import { useAddress, useStanding } from "../../organization/use-me.ts";
import { InvitationList, InvitedPage } from "./invited.tsx";
import { NoOrganization } from "./no-organization.tsx";

const { Overlay: LeaveDialog } = lazyOverlay(
  async () => (await import("../../organization/leave-dialog.tsx")).LeaveDialog,
);

export function OrganizationsPage() {
  return (
    <Organizations title="Organizations">
      The organizations you belong to, and those you can join.
    </Organizations>
  );
}

/** Shown in place of the runs page when no membership counts for this sign-in. */
export function NoOrganizationPage() {
  const { organizations, joinable, invitations, closed } = useStanding().me;
  const [locked, ...others] = organizations;
  if (locked && others.length + joinable.length + invitations.length === 0)
    return <Elsewhere organizationId={locked.id} />;
  if (organizations.length + joinable.length + invitations.length === 0 && closed.length > 1)
    return <Organizations title="Your organizations are closed">{CLOSED}</Organizations>;
  return (
    <Organizations title={locked ? "Sign in with SSO" : "Join your organization"}>
      {locked ? "The organizations that you belong to require single sign-on." : joinText(joinable)}
    </Organizations>
  );
}

const CLOSED = "Nobody belongs to a closed organization. Nothing was deleted.";

function joinText([only, ...more]: Me["joinable"]): string {
  if (only !== undefined && more.length === 0) return `You can join ${only.name}.`;
  return "You are signed in. Your address lets you join the organizations below.";
}

function Organizations({ title, children }: { readonly title: string; readonly children: string }) {
  const { organizations, joinable, invitations, closed } = useStanding().me;
  const [invitation, ...others] = invitations;
  if (organizations.length === 0 && joinable.length === 0 && closed.length < 2) {
    if (invitation === undefined) return <NoOrganization />;
    if (others.length === 0) return <InvitedPage invitation={invitation} />;
  }
  return (
    <>
      <PageHead title={title}>{children}</PageHead>
      <InvitationList />
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
      <List id="closed" title="Closed">
        {closed.map((organization) => (
          <Row
            key={organization.id}
            id={organization.id}
            name={organization.name}
            note={<ClosedText organization={organization} />}
          >
            <Badge icon="lock">Closed</Badge>
          </Row>
        ))}
      </List>
    </>
  );
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
  readonly id: string;
  readonly name: string;
  readonly note: ReactNode;
  readonly children: ReactNode;
}

function Row({ id, name, note, children }: RowProps) {
  return (
    <li className="row organization-row">
      <Avatar id={id} name={name} />
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
  const [isLeaving, setLeaving] = useState(false);
  return (
    <Row id={id} name={name} note={ssoRequired ? "Requires single sign-on" : `You are ${aRole(role)}`}>
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
      {!ssoRequired && id === active?.id && <Badge tone="accent">Active</Badge>}
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
      {!ssoRequired && (
        <Button
          className="button button-small button-plain"
          aria-label={`Leave ${name}`}
          onPress={() => setLeaving(true)}
        >
          Leave
        </Button>
      )}
      {isLeaving && <LeaveDialog organization={organization} onClose={() => setLeaving(false)} />}
    </Row>
  );
}

function JoinableRow({ organization: { id, name } }: { readonly organization: Me["joinable"][number] }) {
  const { refresh } = useStanding();
  const platform = usePlatform();
  // A second click may arrive before the render that disables the button.
  const isTaken = useRef(false);
  const joining = useMutation(
    platform.org.join.mutationOptions({
      onSuccess: async () => {
        await refresh();
        announce(`You joined ${name}`);
        navigate(pathOf(id, "runs"));
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
    <Row id={id} name={name} note="Open to your e-mail domain">
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
          error={joining.error}
          onTryNow={join}
          onDismiss={joining.reset}
        />
      )}
    </Row>
  );
}
