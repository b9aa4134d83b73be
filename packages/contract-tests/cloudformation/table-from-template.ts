import { CreateTableCommand, DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoTable } from "@platform-api/server/adapters";
import { expect } from "vitest";
import { tableProperties } from "./template.ts";

/**
 * Does in the embedded store what CloudFormation does with the shipped template, in the place of the server's
 * `createTable`, see `store-suites.vitest.config.ts`.
 */
export async function createTable({ documents, options }: DynamoTable): Promise<void> {
  const { PointInTimeRecoverySpecification: _, ...input } = tableProperties("table", options.table);
  const client = await documents();
  await client.send(new CreateTableCommand(input));
  const describe = new DescribeTableCommand({ TableName: options.table });
  const status = async () => (await client.send(describe)).Table?.TableStatus;
  await expect.poll(status, { interval: 10, timeout: 10_000 }).toBe("ACTIVE");
}
