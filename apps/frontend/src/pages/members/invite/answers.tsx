import { Badge } from "../../../design/text/badge.tsx";
import { OUTCOMES } from "./invite-texts.ts";
import { RestoreButton } from "./restore-button.tsx";
import type { Answer } from "./use-invite.ts";

interface AnswersProps {
  readonly organizationId: string;
  readonly answers: readonly Answer[];
  readonly onRestored: () => void;
}

/** What became of each address. */
export function Answers({ organizationId, answers, onRestored }: AnswersProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long list scrolls, also by keyboard
    <ul className="answers" aria-label="Answers" tabIndex={0}>
      {answers.map(({ email, outcome }) => {
        const { word, icon, tone } = OUTCOMES[outcome];
        return (
          <li key={email} className="answer">
            <bdi className="answer-address">{email}</bdi>
            <Badge tone={tone} icon={icon}>
              {word}
            </Badge>
            {outcome === "removed" && (
              <RestoreButton organizationId={organizationId} email={email} onRestored={onRestored} />
            )}
          </li>
        );
      })}
    </ul>
  );
}
