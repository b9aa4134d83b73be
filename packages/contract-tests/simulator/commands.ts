import type { CommandResult } from "./stack.ts";

/** Commands that must succeed. */
export function commandsBy(cli: (...args: string[]) => Promise<CommandResult>) {
  /** @returns what it prints @throws with it */
  const run = async (...args: string[]): Promise<string> => {
    const { status, output } = await cli(...args);
    if (status !== 0) throw new Error(`${args.join(" ")}: exit ${status}: ${output}`);
    return output;
  };
  const json = async (...args: string[]) => JSON.parse(await run(...args, "--json"));
  /** The audit entries with this value: who did what, and by which rule or from which source. */
  const audited = async (
    field: "organizationId" | "userId" | "subject",
    value: string,
  ): Promise<string[]> => {
    const { entries }: { entries: Record<string, string | null>[] } = await json("audit", "list");
    return entries
      .filter((entry) => entry[field] === value)
      .map(({ actor, action, rule, source }) =>
        [actor, action, rule, source].filter((part) => part !== null).join(" "),
      );
  };
  return { run, json, audited };
}
