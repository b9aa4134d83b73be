import type { CljClient } from "@platform-api/clj-client";
import {
  cljRegisteredUsers,
  type DynamoTable,
  dynamoIdentities,
  dynamoMemberships,
  dynamoOrganizations,
  dynamoRelinkWindows,
  dynamoSpeakers,
  dynamoTransactions,
  type JwksSource,
} from "@platform-api/server/adapters";
import type { ServerConfig } from "../config/config.ts";
import { composeKeys, composeVerifier } from "./tokens.ts";
import { composeDirectory, composeTable } from "./upstreams.ts";

/** What `serve` and the commands that judge a login read of the stores, without a cache. */
export function loginPorts(
  table: DynamoTable,
  config: Pick<ServerConfig, "AUTH0_OTHER_STRATEGIES" | "TRUST_MODE">,
) {
  const memberships = dynamoMemberships(table);
  return {
    stored: dynamoOrganizations(table),
    speakers: dynamoSpeakers(table),
    transactions: dynamoTransactions(table),
    memberships,
    storedMemberships: memberships,
    windows: dynamoRelinkWindows(table),
    otherStrategies: config.AUTH0_OTHER_STRATEGIES,
    trustMode: config.TRUST_MODE,
    now: () => new Date(),
  };
}

/** What judges a token on the stores and with the keys of the process, and remembers nothing. */
export function judgePorts({ config, keys, table, directory }: Judging) {
  const ports = loginPorts(table, config);
  return {
    verifier: composeVerifier(config, keys, { maxCached: 1 }), // of which nothing is read
    ports: {
      ...ports,
      organizations: ports.stored,
      links: dynamoIdentities(table),
      directory: cljRegisteredUsers(directory),
    },
  };
}

interface Judging {
  readonly config: ServerConfig;
  readonly keys: JwksSource;
  readonly table: DynamoTable;
  readonly directory: CljClient;
}

/** Judges a token for `token explain`, by the rules of `serve` on the stores, without a cache. */
export function composeTokenJudge(config: ServerConfig) {
  const keys = composeKeys(config);
  const table = composeTable(config);
  return {
    ...judgePorts({ config, keys, table, directory: composeDirectory(config) }),
    /** Loads the store's credentials. */
    load: (signal: AbortSignal) => table.credentials.load(signal),
    close() {
      keys.close();
      table.close();
    },
  };
}
