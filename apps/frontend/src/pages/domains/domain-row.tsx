import type { Role } from "@platform-api/client";
import { type RefObject, useEffect, useEffectEvent, useRef, useState } from "react";
import { Button, Disclosure, DisclosurePanel, Heading } from "react-aria-components";
import { brand } from "../../app/config/brand.ts";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Icon } from "../../design/icon.tsx";
import { lazyOverlay } from "../../design/overlays/lazy-overlay.tsx";
import { Badge, type BadgeProps } from "../../design/text/badge.tsx";
import { Time } from "../../design/text/time-ago.tsx";
import type { Domain } from "../../organization/trusted-domains.ts";
import { DnsRecordCard } from "./dns-record.tsx";
import { findingOf, type JoinSettings, joiningOf, statusOf } from "./status.ts";
import { CheckError, JoiningHint, StatusLine } from "./status-line.tsx";
import { type Check, useCheck } from "./use-check.ts";
import type { DomainChanges } from "./use-domains.ts";

const { Overlay: ReleaseDialog, preload: preloadRelease } = lazyOverlay(
  async () => (await import("./release-dialog.tsx")).ReleaseDialog,
);

const BADGES: Readonly<Record<Domain["state"], BadgeProps>> = {
  pending: { icon: "clock", children: "Pending" },
  verified: { tone: "good", icon: "check", children: "Verified" },
  missing: { tone: "warn", icon: "alert", children: "Record missing" },
  lapsed: { tone: "bad", icon: "alert", children: "Lapsed" },
};

/** Where the focus goes: to the row added last, or to a neighbour of the one released. */
export interface Seeking {
  /** Null for the field that adds a domain. */
  readonly domain: string | null;
  readonly isOpening: boolean;
}

export interface DomainRowProps {
  readonly organizationId: string;
  readonly domain: Domain;
  readonly settings: JoinSettings | undefined;
  readonly connections: readonly { readonly state: string }[] | undefined;
  /** Of the reader. */
  readonly role: Role;
  /** How many domains are looked for at the same time. */
  readonly liveDomains: number;
  readonly changes: DomainChanges;
  /** Moves the focus to the row. */
  readonly seeking: Seeking | null;
  readonly onReleased: () => void;
}

/** Whether the page looks for the record again and again. */
export function isLive({ state }: Domain): boolean {
  return state === "pending" || state === "missing";
}

type OperatorRowProps = Pick<
  DomainRowProps,
  "organizationId" | "domain" | "settings" | "connections" | "role"
>;

/** A domain that an operator has verified. It has no record, and nothing to do. */
export function OperatorRow(props: OperatorRowProps) {
  const { organizationId, domain, settings, connections, role } = props;
  return (
    <li className="domain">
      <h3 className="domain-head domain-bar">
        <span className="domain-arrow">
          <Icon name="lock" />
        </span>
        <bdi className="domain-name">{domain.domain}</bdi>
        <Badge {...BADGES.verified} />
      </h3>
      <p className="domain-line">
        <span>
          {statusOf(domain, settings, new Date()).text}
          <JoiningHint
            organizationId={organizationId}
            joining={joiningOf(domain, { settings, connections, role })}
          />
        </span>
      </p>
      <p className="domain-line">{brand().name} has verified this domain. Ask support to change that.</p>
    </li>
  );
}

export function DomainRow(props: DomainRowProps) {
  const { organizationId, domain, settings, connections, role } = props;
  const { liveDomains, changes, seeking } = props;
  const [isOpen, setOpen] = useState(domain.state !== "verified");
  const row = useRef<HTMLLIElement>(null);
  const trigger = useSought(seeking?.domain === domain.domain ? seeking : null, () => setOpen(true));
  useWhenVerified(domain.state, () => {
    // What is inside goes, and takes the focus with it.
    if (row.current?.contains(document.activeElement)) trigger.current?.focus();
    setOpen(false);
  });
  const check = useCheck({
    organizationId,
    domain: domain.domain,
    liveDomains,
    changes,
    isLive: isLive(domain) && isOpen,
  });
  const status = statusOf(domain, settings, new Date());
  const isPending = domain.state === "pending";
  const finding = isPending ? null : findingOf(domain);
  const line = (
    <div key="line" role="status" className="domain-status">
      <StatusLine status={status}>
        <JoiningHint
          organizationId={organizationId}
          joining={joiningOf(domain, { settings, connections, role })}
        />
      </StatusLine>
      {finding && <StatusLine status={finding} />}
      <CheckError error={check.error} domain={domain.domain} />
    </div>
  );
  const record = (
    <DisclosurePanel key="record" className="domain-panel">
      {isPending && (
        <p>Add this TXT record at your DNS provider, and keep it: without it the domain lapses.</p>
      )}
      {domain.record && <DnsRecordCard domain={domain.domain} record={domain.record} />}
      {domain.state === "verified" && <p>Keep this record: without it the domain lapses.</p>}
    </DisclosurePanel>
  );
  return (
    <li ref={row} className="domain">
      <Disclosure isExpanded={isOpen} onExpandedChange={setOpen}>
        <Heading level={3} className="domain-head">
          <Button ref={trigger} slot="trigger" className="domain-bar domain-trigger">
            <span className="domain-arrow">
              <Icon name="forward" />
            </span>
            <bdi className="domain-name">{domain.domain}</bdi>
            <Badge {...BADGES[domain.state]} />
          </Button>
        </Heading>
        {/* To set it up, the record comes first. By their keys they move, so that the line stays a live region. */}
        {isPending ? [record, line] : [line, record]}
        <div className="domain-panel" hidden={!isOpen}>
          <Footer {...props} check={check} />
        </div>
      </Disclosure>
    </li>
  );
}

/** Does something when a domain becomes verified while the user looks at it. */
function useWhenVerified(state: Domain["state"], act: () => void): void {
  const last = useRef(state);
  const onVerified = useEffectEvent(act);
  useEffect(() => {
    if (state === "verified" && last.current !== "verified") onVerified();
    last.current = state;
  }, [state]);
}

function useSought(seeking: Seeking | null, open: () => void): RefObject<HTMLButtonElement | null> {
  const trigger = useRef<HTMLButtonElement>(null);
  const onOpening = useEffectEvent(open);
  useEffect(() => {
    if (seeking === null) return;
    if (seeking.isOpening) onOpening();
    trigger.current?.focus();
  }, [seeking]);
  return trigger;
}

interface FooterProps extends DomainRowProps {
  readonly check: Check;
}

function Footer({ organizationId, domain, role, changes, onReleased, check }: FooterProps) {
  const [isReleasing, setReleasing] = useState(false);
  const { checkedAt, state } = domain;
  return (
    <footer className="domain-foot">
      <PendingButton
        className="button button-small"
        aria-label={`${state === "pending" ? "Check now" : "Check again"}: ${domain.domain}`}
        isPending={check.isAsked}
        onPress={() => void check.checkNow()}
      >
        {state === "pending" ? "Check now" : "Check again"}
      </PendingButton>
      <span className="domain-checked">
        {checkedAt && (
          <>
            Checked <Time at={inThePast(checkedAt)} />
          </>
        )}
        {checkedAt && check.everyMs && `, again every ${check.everyMs / 1_000} seconds`}
      </span>
      {role === "owner" ? (
        <Button
          className="button button-small button-plain domain-release"
          aria-label={`Release ${domain.domain}`}
          onHoverStart={preloadRelease}
          onFocus={preloadRelease}
          onPress={() => setReleasing(true)}
        >
          Release
        </Button>
      ) : (
        <span className="domain-checked domain-release">Only owners can release it.</span>
      )}
      {isReleasing && (
        <ReleaseDialog
          organizationId={organizationId}
          domain={domain}
          onClose={() => setReleasing(false)}
          onReleased={async () => {
            await changes.remove(domain.domain);
            onReleased();
          }}
        />
      )}
    </footer>
  );
}

/** The server's clock may be ahead of the browser's. */
function inThePast(at: string): string {
  return new Date(Math.min(Date.parse(at), Date.now())).toISOString();
}
