import type { AppReason } from "../../app/problems/problems.ts";
import { announce } from "../../design/announcer.tsx";
import { EditInPlace } from "../../design/fields/edit-in-place.tsx";
import { nameProblem } from "../../organization/name-problem.ts";
import { Lock, SettingProblem } from "./setting-texts.tsx";

export interface NameFieldProps {
  readonly name: string;
  readonly lock: string | null;
  readonly problem: AppReason | null;
  /** Resolves with whether the name was changed. */
  readonly onSave: (name: string) => Promise<boolean>;
  /** Called when the user edits the field after a refusal. */
  readonly onEdit: () => void;
}

export function NameField({ name, lock, problem, onSave, onEdit }: NameFieldProps) {
  return (
    <div className="row setting">
      <div className="setting-text">
        <EditInPlace
          label="Name"
          value={name}
          isReadOnly={lock !== null}
          problemOf={(text) => nameProblem("organization", text)}
          onEdit={() => problem !== null && onEdit()}
          onSave={async (next) => {
            const isSaved = await onSave(next);
            if (isSaved) announce(`Renamed to ${next}`);
            return isSaved;
          }}
        />
        <Lock reason={lock} />
        <SettingProblem reason={problem} />
      </div>
    </div>
  );
}
