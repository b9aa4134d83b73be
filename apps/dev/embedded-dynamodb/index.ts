export {
  type EmbeddedDynamodbOptions,
  type RunningDynamodb,
  startEmbeddedDynamodb,
} from "./embedded-dynamodb.ts";
