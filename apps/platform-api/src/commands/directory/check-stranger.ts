import type { WireCall } from "@platform-api/clj-client/contract";
import type { Directory } from "./directory.ts";
import { problemsOf } from "./reply-problems.ts";

/** Checks that the directory refuses a call with another service token. */
export async function checkStranger(
  check: string,
  call: WireCall<unknown>,
  { strangersProbe, findings }: Directory,
): Promise<void> {
  const reply = await strangersProbe(call);
  const { status } = reply;
  if (status === 401) findings.ok(check, "401");
  else if (status === 403) findings.note(check, "403 instead of 401: both are refusals");
  else if (status === null) findings.differ(check, ...problemsOf(reply));
  else {
    const saw = `answers ${status}: it does not check the service token`;
    findings.differ(check, { saw, expected: "401", fix: "the directory" });
  }
}
