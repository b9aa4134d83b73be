import "./domains.css";
import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { errorReason } from "../../app/problems/error-reason.ts";
import { ProblemNotice } from "../../app/problems/notice.tsx";
import { PageHead } from "../../app/routing/page.tsx";
import { useParameter } from "../../app/routing/path.ts";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { Empty } from "../../design/text/empty.tsx";
import type { OrganizationPageProps } from "../../organization/organization-page-props.ts";
import { type Domain, isOutside, trustedOf } from "../../organization/trusted-domains.ts";
import { useAddress } from "../../organization/use-me.ts";
import { AddDomain } from "./add-domain.tsx";
import { DomainRow, isLive, OperatorRow, type Seeking } from "./domain-row.tsx";
import { domainIn, suggestedDomain } from "./input.ts";
import { useDomainChanges, useDomains } from "./use-domains.ts";

export function Domains({ organization }: OrganizationPageProps) {
  const { id, name } = organization;
  const { domains, error, isTrying, tryNow } = useDomains(id);
  const problem = error === null ? null : errorReason(error);
  const changes = useDomainChanges(id);
  const address = useAddress();
  const [seeking, setSeeking] = useState<Seeking | null>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (seeking !== null && seeking.domain === null) input.current?.focus();
  }, [seeking]);
  const listed = domains?.map(({ domain }) => domain) ?? [];
  // A guest's address is at another company, which this one must not claim.
  const isGuest = isOutside(address, trustedOf(domains ?? []));
  // From a sign-in that was refused.
  const [given] = useParameter("domain");
  const asked = listed.includes(domainIn(given)) ? "" : domainIn(given);
  const isAsked = domains !== undefined && asked !== "";
  useEffect(() => {
    if (isAsked) input.current?.focus(); // Enter adds it
  }, [isAsked]);
  return (
    <>
      <PageHead title="Domains">
        Verify a domain, and people with its addresses can join <bdi>{name}</bdi>.
      </PageHead>
      <AddDomain
        organizationId={id}
        suggestion={domains ? asked || suggestedDomain(isGuest ? null : address, listed) : ""}
        hint={
          asked ? "Somebody tried to sign in with it, and was refused." : "The domain of your own address."
        }
        label={asked ? "Add and verify" : "Add domain"} // as the button that has led here
        input={input}
        onAdded={async (added) => {
          await changes.add(added);
          setSeeking({ domain: added.domain, isOpening: true });
        }}
      />
      <section aria-labelledby="domains" className="domains">
        <h2 id="domains" className="section-title">
          Your domains
        </h2>
        <ProblemNotice reason={problem} error={error} onTryNow={tryNow} isTrying={isTrying} />
        {domains === undefined && problem === null && <SkeletonRows label="Loading your domains" />}
        {domains?.length === 0 && (
          <Empty icon="globe" title="No domains yet">
            <p>
              Add the domain of your company’s addresses. You need access to its DNS, or a colleague who has.
            </p>
          </Empty>
        )}
        {domains !== undefined && domains.length > 0 && (
          <DomainList
            organization={organization}
            domains={domains}
            seeking={seeking}
            onReleased={(neighbour) => setSeeking({ domain: neighbour, isOpening: false })}
          />
        )}
      </section>
    </>
  );
}

interface DomainListProps {
  readonly organization: OrganizationPageProps["organization"];
  readonly domains: readonly Domain[];
  readonly seeking: Seeking | null;
  /** `neighbour` is the row next to the released one. */
  readonly onReleased: (neighbour: string | null) => void;
}

function DomainList({ organization: { id, role }, domains, seeking, onReleased }: DomainListProps) {
  const changes = useDomainChanges(id);
  const { org } = usePlatform();
  const { data: settings } = useQuery(org.get.queryOptions({ organizationId: id }));
  const { data: connections } = useQuery(org.connections.list.queryOptions({ organizationId: id }));
  const known = { organizationId: id, settings, connections, role };
  const liveDomains = domains.filter(isLive).length;
  return (
    <ul className="card rows">
      {domains.map((domain, index) =>
        domain.verifiedBy === "operator" ? (
          <OperatorRow key={domain.domain} domain={domain} {...known} />
        ) : (
          <DomainRow
            key={domain.domain}
            domain={domain}
            {...known}
            liveDomains={liveDomains}
            changes={changes}
            seeking={seeking}
            onReleased={() => onReleased(neighbourOf(domains, index))}
          />
        ),
      )}
    </ul>
  );
}

/** The next row that can be focused, or else the one before. */
function neighbourOf(domains: readonly Domain[], index: number): string | null {
  const isFocusable = ({ verifiedBy }: Domain) => verifiedBy !== "operator";
  const next = domains.slice(index + 1).find(isFocusable) ?? domains.slice(0, index).findLast(isFocusable);
  return next?.domain ?? null;
}
