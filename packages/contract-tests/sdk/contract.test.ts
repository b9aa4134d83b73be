import { afterAll, beforeAll, describe } from "vitest";
import { describeConnections } from "./connections-contract.ts";
import { describeAgenticBackend, describeFrontend } from "./consumers-contract.ts";
import { describeDomains } from "./domains-contract.ts";
import { describeInvitations } from "./invitations-contract.ts";
import { describeOrganizations } from "./organizations-contract.ts";
import { type RunningPlatform, startHandlers, startServer } from "./platforms.ts";
import { describeProcedures } from "./procedures-contract.ts";
import { describeTokenLimits } from "./token-limits-contract.ts";
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
  describeOrganizations(() => platform);
  describeInvitations(() => platform);
  describeDomains(() => platform);
  describeConnections(() => platform);
  describeTokenLimits(() => platform);
  describeWire(() => platform);
  describeAgenticBackend(() => platform);
  describeFrontend(() => platform);
});
