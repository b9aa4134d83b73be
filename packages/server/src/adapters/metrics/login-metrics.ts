import type { Audit, AuditEntry } from "../../domain/index.ts";
import type { Sample } from "./request-metrics.ts";

/** What logins have changed, and what report mode and the audit could not do. */
export class LoginMetrics {
  readonly #links = { made: 0, conflict: 0 };
  readonly #memberships = { jit: 0, invitation: 0, join: 0 };
  #wouldRefuse = 0;
  #auditLost = 0;

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
    this.#wouldRefuse += 1;
  }

  /** An entry of the audit could not be written. */
  auditLost(): void {
    this.#auditLost += 1;
  }

  links(): Sample[] {
    return Object.entries(this.#links).map(([outcome, count]) => [{ outcome }, count]);
  }

  memberships(): Sample[] {
    return Object.entries(this.#memberships).map(([how, count]) => [{ how }, count]);
  }

  wouldRefuseTotal(): number {
    return this.#wouldRefuse;
  }

  auditLostTotal(): number {
    return this.#auditLost;
  }

  #count({ action, rule }: AuditEntry): void {
    if (action === "identity-linked") this.#links.made += 1;
    if (action === "identity-conflict") this.#links.conflict += 1;
    if (action !== "membership-created") return;
    if (rule === "jit" || rule === "invitation" || rule === "join") this.#memberships[rule] += 1;
  }
}
