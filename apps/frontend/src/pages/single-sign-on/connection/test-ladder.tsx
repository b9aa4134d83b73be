import { Button, Disclosure, DisclosurePanel } from "react-aria-components";
import { Icon } from "../../../design/icon.tsx";
import type { Rung } from "./ladder.ts";

/** The rules of a sign-in in their order. The one that failed is open. */
export function TestLadder({ rungs }: { readonly rungs: readonly Rung[] }) {
  return (
    <ol className="sso-ladder">
      {rungs.map((rung) => (
        <li key={rung.title} className="sso-rung" data-ok={rung.ok}>
          <Icon name={rung.ok ? "check" : "close"} size={14} />
          <div className="sso-rung-text">
            <h3 className="sso-rung-title">
              <span className="visually-hidden">{rung.ok ? "Passed: " : "Failed: "}</span>
              {rung.title}
            </h3>
            {rung.ok ? (
              rung.saw !== "" && <p className="quiet">{rung.saw}</p>
            ) : (
              <dl className="sso-why">
                <dt>What we saw</dt>
                <dd>{rung.saw}</dd>
                <dt>What it means</dt>
                <dd>{rung.means}</dd>
                {rung.fix !== "" && (
                  <>
                    <dt>What to change</dt>
                    <dd>{rung.fix}</dd>
                  </>
                )}
              </dl>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

interface PassedLadderProps {
  readonly rungs: readonly Rung[];
  readonly checks: number;
}

/** Nothing in it needs to be read, so it is closed. */
export function PassedLadder({ rungs, checks }: PassedLadderProps) {
  return (
    <Disclosure className="sso-passed">
      <Button slot="trigger" className="sso-passed-trigger">
        <Icon name="forward" size={14} />
        {checks === 1 ? "Passed: 1 check" : `Passed: ${checks} checks`}
      </Button>
      <DisclosurePanel>
        <TestLadder rungs={rungs} />
      </DisclosurePanel>
    </Disclosure>
  );
}
