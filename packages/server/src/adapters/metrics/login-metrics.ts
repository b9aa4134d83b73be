import type { Audit, AuditEntry } from "../../domain/index.ts";

/** What logins have changed, and what report mode and the audit could not do. */
export class LoginMetrics {
  /** By their outcome. */
  readonly links = { made: 0, conflict: 0 };
  /** By how they were made. */
  readonly memberships = { jit: 0, invitation: 0, join: 0 };
  /** Logins that only report mode accepted, and entries of the audit that could not be written. */
  readonly totals = { wouldRefuse: 0, auditLost: 0 };
  /** Refusals that were noted for organizations, by what became of them. */
  readonly refusals = { kept: 0, limited: 0, lost: 0, failed: 0 };

  /** Counts the entries on their way. Each conflict counts, although the audit holds it once a day. */
  counting(audit: Audit): Audit {
    return {
      append: (entry, signal) => {
        this.#count(entry);
        return audit.append(entry, signal);
      },
    };
  }

  /** Counts an entry that was stored together with its change. */
  readonly committed = (entry: AuditEntry): void => this.#count(entry);

  /** Report mode accepted a login. */
  wouldRefuse(): void {
    this.totals.wouldRefuse += 1;
  }

  /** An entry of the audit could not be written. */
  auditLost(): void {
    this.totals.auditLost += 1;
  }

  /** A refusal was noted for an organization. */
  readonly refusal = (outcome: keyof LoginMetrics["refusals"]): void => {
    this.refusals[outcome] += 1;
  };

  #count({ action, rule }: AuditEntry): void {
    if (action === "identity-linked") this.links.made += 1;
    if (action === "identity-conflict") this.links.conflict += 1;
    if (action !== "membership-created") return;
    if (rule === "jit" || rule === "invitation" || rule === "join") this.memberships[rule] += 1;
  }
}
