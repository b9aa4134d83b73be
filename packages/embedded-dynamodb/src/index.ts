export { createEmbeddedDynamodb, type EmbeddedDynamodbOptions } from "./embedded-dynamodb.ts";
