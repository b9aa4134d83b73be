import type { ReactNode } from "react";
import { problemFor } from "../../app/problems/error-reason.ts";
import type { AppReason } from "../../app/problems/problems.ts";
import { Icon } from "../../design/icon.tsx";

/** Why a setting cannot be changed. */
export function Lock({ reason }: { readonly reason: ReactNode }) {
  if (reason === null) return null;
  return (
    <p className="setting-lock">
      <Icon name="lock" size={14} />
      {reason}
    </p>
  );
}

/** Why a change was taken back. */
export function SettingProblem({ reason }: { readonly reason: AppReason | null }) {
  const problem = reason === null ? null : problemFor(reason);
  return (
    <p role="status" className={problem ? "setting-problem" : ""}>
      {problem && `Not changed. ${problem.what}`}
    </p>
  );
}
