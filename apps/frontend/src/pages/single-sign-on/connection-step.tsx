import type { Role } from "@platform-api/client";
import type { ReactNode } from "react";
import type { Connection } from "./connection/connection.ts";
import { isEnabled } from "./connection/connection.ts";
import { listed } from "./effects.ts";
import type { StepState } from "./progress.ts";
import { Step } from "./step.tsx";

interface ConnectionStepProps {
  readonly connections: readonly Connection[];
  readonly state: StepState;
  readonly role: Role;
  /** Addresses of owners. */
  readonly owners: readonly string[];
  /** To connect, or the set-up that is pending. */
  readonly children: ReactNode;
}

export function ConnectionStep({ connections, state, role, owners, children }: ConnectionStepProps) {
  const enabled = connections.filter(isEnabled);
  const off = connections.filter((each) => each.state === "disabled");
  const isPending = connections.some((each) => each.state === "pending");
  const text =
    enabled.length > 0
      ? `People can sign in through ${listed(enabled.map(({ displayName }) => displayName))}.`
      : off.length > 0 && !isPending
        ? `${listed(off.map(({ displayName }) => displayName))} is switched off. Switch it on below, or connect another one.`
        : "Connect your company’s identity provider, such as Okta, Entra ID or Google Workspace.";
  const body =
    state !== "next" ? null : role === "owner" || isPending ? (
      children
    ) : (
      <p className="sso-note">
        Only owners connect an identity provider{owners.length > 0 && `. Ask ${listed(owners)}`}.
      </p>
    );
  return (
    <Step title="Connection" number={2} state={state} body={body}>
      {text}
    </Step>
  );
}
