import { createHash } from "node:crypto";

/** What `auth0 check` compares of an Action's code. */
export interface ActionVersion {
  /** The hash of the code without its list of strategies, which a tenant may extend. */
  readonly hash: string;
  /** The strategies of logins without SSO; empty without such a list. */
  readonly otherStrategies: readonly string[];
  /** The namespace without a secret; null if the code has no default. */
  readonly defaultNamespace: string | null;
}

const STRATEGIES = /(const OTHER_STRATEGIES =\s*)"([^"]*)"/;

export function versionOf(code: string): ActionVersion {
  // The dashboard's editor may change line ends and the end of the text.
  const text = code
    .replaceAll("\r\n", "\n")
    .replaceAll(/[ \t]+$/gm, "")
    .trim();
  const hash = createHash("sha256").update(text.replace(STRATEGIES, "$1")).digest("hex");
  const otherStrategies = (STRATEGIES.exec(text)?.[2] ?? "").split(",").filter((name) => name !== "");
  const defaultNamespace = /const DEFAULT_NAMESPACE = "([^"]+)"/.exec(text)?.[1] ?? null;
  return { hash: hash.slice(0, 12), otherStrategies, defaultNamespace };
}

/** Whether it is an edition of the Action, rather than some other Action. */
export function isEdition(code: string): boolean {
  return code.includes("setCustomClaim") && code.includes("capitol_user_id");
}
