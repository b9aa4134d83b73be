import { Link } from "react-aria-components";
import { brand } from "../../app/config/brand.ts";
import { pathOf } from "../../app/routing/path.ts";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Icon } from "../../design/icon.tsx";
import type { Domain } from "../../organization/trusted-domains.ts";
import { isTrusted } from "../../organization/trusted-domains.ts";
import type { Connection } from "./connection/connection.ts";
import { atDomains, listed, obstacleText, outsideText } from "./effects.ts";
import { connectionFor, obstacleOf, type Requirer, type StepState } from "./progress.ts";
import { refusalText } from "./refusal.ts";
import { Hint, Refused, Step } from "./step.tsx";
import type { TestAddress } from "./test-address.ts";
import { useOutside } from "./use-outside.ts";
import { useRequirement } from "./use-requirement.ts";
import { useSignInThrough } from "./use-sign-in-through.ts";

interface RequireStepProps {
  readonly organizationId: string;
  readonly requirer: Requirer;
  readonly address: TestAddress | null;
  readonly state: StepState;
  /** Addresses of owners. */
  readonly owners: readonly string[];
}

/** Makes single sign-on the only way in. It says first what that does. */
export function RequireStep({ organizationId, requirer, address, state, owners }: RequireStepProps) {
  const domains = requirer.domains.filter(isTrusted);
  const requirement = useRequirement(organizationId);
  const failure = requirement.error && (
    <Refused>{refusalText("require", requirement.error, requirer.connections)}</Refused>
  );
  if (requirer.enforceSso) {
    return (
      <Step
        title="Require"
        number={4}
        state={state}
        body={
          <>
            <Required requirer={requirer} requirement={requirement} />
            {failure}
          </>
        }
      >
        Single sign-on is required. Passwords do not work for {atDomains(domains)}.
      </Step>
    );
  }
  const asked = { organizationId, requirer, address, domains, requirement, owners, isNext: state === "next" };
  return (
    <Step
      title="Require"
      number={4}
      state={state}
      body={
        <>
          {domains.length > 0 && <NotRequired {...asked} />}
          {failure}
        </>
      }
    >
      Make single sign-on the only way in.
    </Step>
  );
}

type Requirement = ReturnType<typeof useRequirement>;

function Required({ requirer, requirement }: { requirer: Requirer; requirement: Requirement }) {
  if (requirer.isLocked) return <p className="sso-note">Set by {brand().name}. Ask support to change it.</p>;
  if (requirer.role !== "owner") return <p className="sso-note">Only owners can stop requiring it.</p>;
  return (
    <div className="sso-actions">
      <PendingButton
        className="button button-small"
        isPending={requirement.isPending}
        onPress={() => requirement.set(false)}
      >
        Stop requiring single sign-on
      </PendingButton>
    </div>
  );
}

interface NotRequiredProps {
  readonly organizationId: string;
  readonly requirer: Requirer;
  readonly address: TestAddress | null;
  readonly domains: readonly Domain[];
  readonly requirement: Requirement;
  readonly owners: readonly string[];
  readonly isNext: boolean;
}

const WHY = "sso-require-why";

function NotRequired(props: NotRequiredProps) {
  const { organizationId, requirer, address, domains, requirement, owners, isNext } = props;
  const outside = useOutside(organizationId, domains);
  const obstacle = obstacleOf(requirer);
  const wasRefused = requirement.error !== null;
  const connection = connectionFor(requirer.connections, requirer.signedInThrough, requirer.nowMs);
  const toSignInThrough =
    obstacle?.kind === "signIn" || (wasRefused && obstacle === null && address?.isOwn) ? connection : null;
  return (
    <>
      <ul className="sso-effects">
        <li>Passwords stop working for {atDomains(domains)} at once.</li>
        <li>{outsideText(outside.exempt)}</li>
      </ul>
      {isNext && outside.hasEmergencyOwner === false && (
        <Hint>
          No owner could get in if {connection?.displayName ?? "your identity provider"} fails. Add one with
          an address outside {listed(domains.map(({ domain }) => domain))}.{" "}
          {requirer.role === "owner" && (
            <Link className="sso-link" href={`${pathOf(organizationId, "members")}?invite=owner`}>
              Invite an owner
            </Link>
          )}
        </Hint>
      )}
      <div className="sso-actions">
        {toSignInThrough && address && (
          <SignInThrough connection={toSignInThrough} address={address} isPrimary={isNext} />
        )}
        <PendingButton
          className={`button ${isNext && obstacle === null && toSignInThrough === null ? "button-primary" : ""}`}
          isPending={requirement.isPending}
          {...(obstacle !== null && { "aria-disabled": true, "aria-describedby": WHY })}
          onPress={() => obstacle === null && requirement.set(true)}
        >
          Require single sign-on
        </PendingButton>
      </div>
      {obstacle && (
        <p id={WHY} className="sso-note sso-why-not">
          <Icon name="lock" size={14} />
          <span>
            {obstacleText(obstacle, domains)}
            {obstacle.kind === "role" && owners.length > 0 && ` Ask ${listed(owners)}.`}
          </span>
        </p>
      )}
    </>
  );
}

interface SignInThroughProps {
  readonly connection: Connection;
  readonly address: TestAddress;
  readonly isPrimary: boolean;
}

/** Signs in again in this tab, and comes back to this page. */
function SignInThrough({ connection, address, isPrimary }: SignInThroughProps) {
  const { signIn, isPending, error } = useSignInThrough(connection, address);
  return (
    <>
      <PendingButton
        className={`button ${isPrimary ? "button-primary" : ""}`}
        isPending={isPending}
        onPress={signIn}
      >
        Sign in through {connection.displayName}
      </PendingButton>
      {error !== null && <Refused>{error}</Refused>}
    </>
  );
}
