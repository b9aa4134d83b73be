import type { Organization } from "@platform-api/client";
import { type ReactNode, useId, useState } from "react";
import { Button } from "react-aria-components";
import { brand } from "../../app/config/brand.ts";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Icon } from "../../design/icon.tsx";
import { lazyOverlay } from "../../design/overlays/lazy-overlay.tsx";
import { exactTime } from "../../design/text/time-ago.tsx";
import type { MyOrganization } from "../../organization/active-organization.ts";
import { SupportLink } from "../../organization/closed.tsx";
import { ONLY_OWNER } from "../../organization/member-refusal.ts";
import { closeRefusal, useClose, useKeepOpen } from "../../organization/use-closing.ts";
import { usePerson } from "../../organization/use-person.ts";
import { Lock } from "./setting-texts.tsx";

const { Overlay: LeaveDialog } = lazyOverlay(
  async () => (await import("../../organization/leave-dialog.tsx")).LeaveDialog,
);
const { Overlay: CloseDialog, preload: preloadClose } = lazyOverlay(
  async () => (await import("./close-dialog.tsx")).CloseDialog,
);

interface DangerZoneProps {
  readonly mine: MyOrganization;
  readonly organization: Organization & { readonly owners: readonly string[] };
}

/** What ends a membership, or the organization. */
export function DangerZone({ mine, organization }: DangerZoneProps) {
  return (
    <section aria-labelledby="danger">
      <h2 id="danger" className="section-title">
        Danger zone
      </h2>
      <div className="card rows danger-zone">
        <Leave mine={mine} organization={organization} />
        {organization.closing === null ? (
          <Close mine={mine} organization={organization} />
        ) : (
          <Closing mine={mine} organization={organization} closing={organization.closing} />
        )}
      </div>
    </section>
  );
}

function Leave({ mine, organization: { owners } }: DangerZoneProps) {
  const [isAsking, setAsking] = useState(false);
  const isOnlyOwner = mine.role === "owner" && owners.length === 1;
  return (
    <Row
      title="Leave this organization"
      what="You stop being a member. To come back, you need a new invitation."
      lock={isOnlyOwner ? ONLY_OWNER : null}
    >
      {!isOnlyOwner && (
        <Button className="button" onPress={() => setAsking(true)}>
          Leave
        </Button>
      )}
      {isAsking && <LeaveDialog organization={mine} onClose={() => setAsking(false)} />}
    </Row>
  );
}

function Close({ mine, organization }: DangerZoneProps) {
  const [isAsking, setAsking] = useState(false);
  const isReserved = organization.locked.includes("closing");
  const canClose = mine.role === "owner" && !isReserved;
  return (
    <Row
      title="Close this organization"
      what="Nobody belongs to a closed organization, and nobody can join it. Nothing is deleted. It closes 7 days after an owner has asked for it, and any owner can keep it open until then."
      lock={
        isReserved ? (
          <span>
            Only {brand().name} closes it: <SupportLink />
          </span>
        ) : mine.role === "owner" ? null : (
          "Only owners can close it."
        )
      }
    >
      {canClose && (
        <Button
          className="button button-danger"
          onHoverStart={preloadClose}
          onFocus={preloadClose}
          onPress={() => setAsking(true)}
        >
          Close this organization
        </Button>
      )}
      {isAsking && <CloseDialog organization={organization} onClose={() => setAsking(false)} />}
    </Row>
  );
}

const NOTICES = {
  sending: "All owners are being told by mail.",
  sent: "All owners were told by mail.",
  failed: "A mail to an owner could not be sent.",
  none: "No mail was sent, because no mail server is set up: tell the other owners yourself.",
} as const;

interface ClosingProps extends DangerZoneProps {
  readonly closing: NonNullable<Organization["closing"]>;
}

/** While it is coming. */
function Closing({ mine, organization, closing }: ClosingProps) {
  const isOwner = mine.role === "owner";
  const { keepOpen, isPending, failure } = useKeepOpen(organization);
  const telling = useClose(organization);
  const owner = usePerson(organization.id, closing.requestedBy);
  const who = closing.requestedBy === null ? brand().name : owner;
  const problem = failure ?? (telling.error && closeRefusal(telling.error));
  return (
    <Row
      title={`Closes on ${exactTime(closing.closesAt)}`}
      what={
        <>
          {who !== null && (
            <>
              <bdi>{who}</bdi> asked for it.{" "}
            </>
          )}
          {NOTICES[closing.mail]} Until then any owner can keep it open.
        </>
      }
      lock={isOwner ? null : "Only owners can keep it open."}
      problem={problem}
    >
      {isOwner && (
        <div className="danger-actions">
          {closing.mail === "failed" && (
            <PendingButton
              className="button"
              isPending={telling.isPending}
              onPress={() => telling.mutate(organization.name)}
            >
              <Icon name="mail" />
              Send the mails again
            </PendingButton>
          )}
          <PendingButton className="button button-primary" isPending={isPending} onPress={keepOpen}>
            Keep it open
          </PendingButton>
        </div>
      )}
    </Row>
  );
}

interface RowProps {
  readonly title: string;
  readonly what: ReactNode;
  readonly lock?: ReactNode;
  readonly problem?: string | null;
  readonly children: ReactNode;
}

function Row({ title, what, lock = null, problem = null, children }: RowProps) {
  const id = useId();
  return (
    <section className="row setting" aria-labelledby={id}>
      <div className="setting-text">
        <h3 id={id} className="setting-title">
          {title}
        </h3>
        <p className="quiet">{what}</p>
        <Lock reason={lock} />
        <p role="status" className={problem ? "setting-problem" : ""}>
          {problem}
        </p>
      </div>
      {children}
    </section>
  );
}
