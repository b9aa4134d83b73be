import { Resolver } from "node:dns/promises";
import { isIP, isIPv4, isIPv6 } from "node:net";
import type { TxtAnswer, TxtLookup } from "../domain/index.ts";
import type { OnUpstream } from "./timed.ts";

const TIMEOUT_MS = 2_000;

/** What a resolver that has answered says where there is no such record (RFC 1035 §4.1.1, RFC 2308). */
const WITHOUT_RECORD = ["ENOTFOUND", "ENODATA"];

/** Whether the text names a resolver: `1.1.1.1`, `1.1.1.1:53`, `[2606:4700:4700::1111]:53`, or an IPv6 address alone. */
export function isResolver(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const [, v6 = "", v4 = "", port = "53"] = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  return (isIPv6(v6) || isIPv4(v4)) && Number(port) > 0 && Number(port) <= 65_535;
}

/**
 * Asks DNS servers directly, never through the system and its negative cache. A truncated answer is asked for again over
 * TCP. Records that a CNAME leads to count.
 * @param resolvers as {@link isResolver} accepts them
 * @param onUpstream that there is no such record is `ok`
 */
export function dnsTxtLookup(
  resolvers: readonly string[],
  onUpstream: OnUpstream<"TXT"> = () => {},
): TxtLookup {
  async function lookUp(resolver: string, name: string, signal: AbortSignal): Promise<TxtAnswer> {
    const beganMs = performance.now();
    const answer = await ask(resolver, name, signal);
    onUpstream("TXT", answer.kind === "failed" ? "failed" : "ok", performance.now() - beganMs);
    return answer;
  }
  return {
    txt: (name, signal) => Promise.all(resolvers.map((resolver) => lookUp(resolver, name, signal))),
  };
}

async function ask(server: string, name: string, signal: AbortSignal): Promise<TxtAnswer> {
  if (signal.aborted) return { kind: "failed" };
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 });
  resolver.setServers([server]);
  const cancel = () => resolver.cancel();
  const timer = setTimeout(cancel, TIMEOUT_MS);
  signal.addEventListener("abort", cancel);
  try {
    const records = await resolver.resolveTxt(name);
    // A CNAME alone is an answer without records.
    if (records.length === 0) return { kind: "none" };
    return { kind: "values", values: records.map((chunks) => chunks.join("")) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return { kind: WITHOUT_RECORD.includes(code) ? "none" : "failed" };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", cancel);
  }
}
