import { afterAll, beforeAll, describe } from "vitest";
import { type RunningPlatform, startHandlers, startServer } from "./platforms.ts";
import { describeProcedures } from "./procedures-contract.ts";
import { describeRefusals } from "./refusals-contract.ts";
import { describeWire } from "./wire-contract.ts";

describe.each([
  ["the SDK's handlers", startHandlers],
  ["the server", startServer],
])("platform-api: %s", (_, start) => {
  let platform: RunningPlatform;
  beforeAll(async () => {
    platform = await start();
  });
  afterAll(() => platform?.close());

  describeProcedures(() => platform);
  describeRefusals(() => platform);
  describeWire(() => platform);
});
