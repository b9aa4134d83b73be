import type { PlatformClient, Role } from "@platform-api/client";
import { useState } from "react";
import { Button } from "react-aria-components";
import { Icon } from "../../design/icon.tsx";
import type { Domain } from "../../organization/trusted-domains.ts";
import { ConnectForm } from "./connect-form.tsx";
import type { Connection } from "./connection/connection.ts";
import { ConnectionList } from "./connection-list.tsx";
import { ConnectionStep } from "./connection-step.tsx";
import { DomainStep } from "./domain-step.tsx";
import { PendingSetUp } from "./pending-set-up.tsx";
import { progressOf } from "./progress.ts";
import { RequireStep } from "./require-step.tsx";
import { testAddress } from "./test-address.ts";
import { TestStep } from "./test-step.tsx";
import { useConnectionTest } from "./use-connection-test.ts";

interface ChecklistProps {
  readonly organizationId: string;
  readonly role: Role;
  readonly settings: Awaited<ReturnType<PlatformClient["org"]["get"]["query"]>>;
  readonly domains: readonly Domain[];
  readonly connections: readonly Connection[];
  readonly email: string | null;
  readonly signedInThrough: string | null;
}

export function Checklist(props: ChecklistProps) {
  const { organizationId, role, settings, domains, connections, email, signedInThrough } = props;
  const { enforceSso, owners, locked } = settings;
  const address = testAddress(email, domains);
  const test = useConnectionTest(organizationId, address);
  const facts = { domains, connections, enforceSso, nowMs: Date.now() };
  const progress = progressOf(facts);
  const isInside = address?.isOwn ?? false;
  const requirer = { ...facts, role, isLocked: locked.includes("enforceSso"), signedInThrough, isInside };
  const isOwner = role === "owner";
  const pending = connections.find(({ state }) => state === "pending");
  const setUp = pending && (
    <PendingSetUp key={pending.name} organizationId={organizationId} pending={pending} isOwner={isOwner} />
  );
  const isFirst = progress.connection === "next";
  return (
    <>
      <ol className="card sso-steps">
        <DomainStep organizationId={organizationId} domains={domains} state={progress.domain} />
        <ConnectionStep connections={connections} state={progress.connection} role={role} owners={owners}>
          {setUp ?? <ConnectForm organizationId={organizationId} connections={connections} isPrimary />}
        </ConnectionStep>
        <TestStep
          connections={connections}
          state={progress.test}
          test={test}
          nowMs={facts.nowMs}
          signedInThrough={signedInThrough}
        />
        <RequireStep
          organizationId={organizationId}
          requirer={requirer}
          address={address}
          state={progress.require}
          owners={owners}
        />
      </ol>
      <ConnectionList organizationId={organizationId} connections={connections} role={role} test={test}>
        {!isFirst && (setUp || isOwner) && (
          <li className="row sso-row">
            {setUp ?? <AddConnection organizationId={organizationId} connections={connections} />}
          </li>
        )}
      </ConnectionList>
    </>
  );
}

interface AddConnectionProps {
  readonly organizationId: string;
  readonly connections: readonly Connection[];
}

function AddConnection(props: AddConnectionProps) {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) return <ConnectForm {...props} isPrimary={false} onCancel={() => setOpen(false)} />;
  return (
    <Button className="button button-small button-plain sso-row-add" onPress={() => setOpen(true)}>
      <Icon name="plus" />
      Add a connection
    </Button>
  );
}
