import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { isLoopback } from "../../../wire/index.ts";
import { fromUsualPlaces, loadedCredentials, PLACEHOLDERS, type StoreCredentials } from "./credentials.ts";
import type { DynamoTableOptions, StoreClient } from "./store-client.ts";

/** The one table, and the connections to it. */
export interface DynamoTable {
  readonly options: DynamoTableOptions;
  /** The first call loads the AWS SDK, because `serve` listens sooner without it. */
  documents(): Promise<DynamoDBDocument>;
  readonly credentials: StoreCredentials;
  /** Closes idle and busy connections. No request can be sent afterwards. */
  close(): void;
}

/** Opens no connection yet, so the store need not be up. */
export function createDynamoTable(options: DynamoTableOptions): DynamoTable {
  const { region, endpoint } = options;
  const isEmbedded = endpoint !== undefined && isLoopback(new URL(endpoint).hostname);
  const credentials = isEmbedded ? PLACEHOLDERS : loadedCredentials(fromUsualPlaces(region));
  let loading: Promise<StoreClient> | undefined;
  async function load(): Promise<StoreClient> {
    const { createStoreClient } = await import("./store-client.ts");
    return createStoreClient(options, () => credentials.provide());
  }
  return {
    options,
    async documents() {
      loading ??= load().catch((error: unknown) => {
        loading = undefined; // the next request tries again
        throw error;
      });
      return (await loading).documents;
    },
    credentials,
    close() {
      credentials.close();
      loading?.then(
        (client) => client.close(),
        () => {},
      );
    },
  };
}
