import { afterAll, beforeAll, describe } from "vitest";
import type { RunningPlatform } from "./platforms.ts";
import { describeProcedures } from "./procedures-contract.ts";
import { describeRefusals } from "./refusals-contract.ts";
import { describeWire } from "./wire-contract.ts";

/** What the server and the mocks of the SDK have in common. */
export function describeContract(name: string, start: () => Promise<RunningPlatform>): void {
  describe(`platform-api: ${name}`, () => {
    let platform: RunningPlatform;
    beforeAll(async () => {
      platform = await start();
    });
    afterAll(() => platform?.close());

    describeProcedures(() => platform);
    describeRefusals(() => platform);
    describeWire(() => platform);
  });
}
