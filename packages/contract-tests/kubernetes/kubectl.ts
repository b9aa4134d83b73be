import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { isCi } from "../postgres/config.ts";

const KUBECTL = "/usr/bin/kubectl";
const DEBIAN_PACKAGE = "kubernetes-client";
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export const hasKubectl: boolean = existsSync(KUBECTL);

/** Says why a suite is not tested. On CI it fails instead. */
export function itNeedsKubectl(): void {
  it(`is not tested: no kubectl here (apt-get install ${DEBIAN_PACKAGE})`, ({ skip }) => {
    skip(!isCi);
    expect.fail(`CI must run this suite: apt-get install ${DEBIAN_PACKAGE}`);
  });
}

/** Runs kubectl in the repository. @throws with its output when it fails */
export async function kubectl(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(KUBECTL, args, { cwd: ROOT })).stdout;
}
