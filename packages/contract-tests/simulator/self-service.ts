import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningDnsServer, startDnsServer } from "@platform-api/dev/dns";
import {
  type IdentityProvider,
  managementEnvironment,
  startIdentityProvider,
} from "@platform-api/dev/identity-provider";
import type { Environment } from "@platform-api/platform-api";

/** The upstreams with which organizations set up their domains and connections themselves. */
export interface SelfServiceUpstreams {
  /** For `startStack` or `another`, in addition to others. */
  readonly settings: Environment;
  /** Its wizard is walked with `openWizard`, and its `management` plants faults. */
  readonly identityProvider: IdentityProvider;
  /** Its `records` are set at once, and `behave` disturbs it. */
  readonly dns: RunningDnsServer;
  close(): Promise<void>;
}

/** Starts an Auth0 tenant without customers, and a DNS server without records. */
export async function startSelfServiceUpstreams(): Promise<SelfServiceUpstreams> {
  const dataFolder = mkdtempSync(join(tmpdir(), "self-service-"));
  const at = { host: "127.0.0.1", port: 0, dataFolder };
  const [identityProvider, dns] = await Promise.all([
    startIdentityProvider({ ...at, connections: [] }),
    startDnsServer(at),
  ]);
  return {
    settings: {
      ...managementEnvironment(identityProvider.issuer),
      DNS_RESOLVERS: `${at.host}:${dns.port}`,
    },
    identityProvider,
    dns,
    close: async () => {
      await Promise.all([identityProvider.close(), dns.close()]);
      rmSync(dataFolder, { recursive: true });
    },
  };
}
