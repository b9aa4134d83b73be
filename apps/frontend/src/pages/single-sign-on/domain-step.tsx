import { Link } from "react-aria-components";
import { pathOf } from "../../app/routing/path.ts";
import type { Domain } from "../../organization/trusted-domains.ts";
import { isTrusted } from "../../organization/trusted-domains.ts";
import { listed } from "./effects.ts";
import type { StepState } from "./progress.ts";
import { Hint, Step } from "./step.tsx";

interface DomainStepProps {
  readonly organizationId: string;
  readonly domains: readonly Domain[];
  readonly state: StepState;
}

export function DomainStep({ organizationId, domains, state }: DomainStepProps) {
  const trusted = domains.filter(isTrusted);
  const missing = trusted.filter((domain) => domain.state === "missing");
  const names = listed(trusted.map(({ domain }) => domain));
  const path = pathOf(organizationId, "domains");
  const body =
    state === "next" ? (
      <div className="sso-actions">
        <Link className="button button-primary" href={path}>
          Verify a domain
        </Link>
      </div>
    ) : (
      missing.length > 0 && (
        <Hint>
          The DNS record of {listed(missing.map(({ domain }) => domain))} is missing.{" "}
          <Link className="sso-link" href={path}>
            Put it back
          </Link>
        </Hint>
      )
    );
  return (
    <Step title="Domain" number={1} state={state} body={body}>
      {trusted.length === 0
        ? "Prove that your e-mail domain is yours, so that only your company can sign in with it."
        : `${names} ${trusted.length === 1 ? "is" : "are"} verified.`}
    </Step>
  );
}
