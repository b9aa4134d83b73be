import { createRunsTable, readConfig } from "@platform-api/agentic-backend";
import { startEmbeddedDynamodb } from "@platform-api/dev/embedded-dynamodb";
import { describe, expect, it } from "vitest";
import { readStoreConfig } from "../../../apps/platform-api/src/config/config.ts";
import { backendVariables } from "../simulator/backend-variables.ts";
import { startFaultProxy } from "../simulator/fault-proxy.ts";
import { pass } from "../simulator/faults.ts";
import { recordCreation, requestOf, type StoreRequest } from "./recorded-creation.ts";
import { readTemplate, type TemplateName, tableProperties } from "./template.ts";

const NAME = "platform-api";
const AWS_REGION = "eu-central-1";
const BACKEND = backendVariables("http://127.0.0.1:4000");

/** The definition that a recording adds up to, in the words of CloudFormation. */
function definitionIn(sent: readonly StoreRequest[]): object {
  const inputs = (operation: string) =>
    sent.filter((each) => each.operation === operation).map(({ input }) => input);
  const changes = ["CreateTable", "UpdateContinuousBackups", "UpdateTimeToLive"].flatMap(inputs);
  return Object.assign({}, ...changes);
}

describe("the table of deploy/cloudformation/table.json", () => {
  it("is the one that `table create` makes, and has no more and no less", async () => {
    const sent = await recordCreation(NAME);
    expect(definitionIn(sent)).toEqual(tableProperties("table", NAME));
    // Nothing else defines the table: no key of ours, no tags.
    const changes = sent
      .map(({ operation }) => operation)
      .filter((each) => /^(Create|Update|Tag)/.test(each));
    expect(new Set(changes)).toEqual(
      new Set(["CreateTable", "UpdateTable", "UpdateContinuousBackups", "UpdateTimeToLive"]),
    );
    expect(sent.find(({ operation }) => operation === "UpdateTable")?.input).toEqual({
      TableName: NAME,
      DeletionProtectionEnabled: tableProperties("table", NAME).DeletionProtectionEnabled,
    });
  });
});

it("the table of deploy/cloudformation/runs-table.json is that of agentic-backend, protected", async () => {
  const sent: StoreRequest[] = [];
  const store = await startEmbeddedDynamodb({ host: "127.0.0.1", port: 0 });
  const recorder = await startFaultProxy(store.endpoint, (exchange) => {
    sent.push(requestOf(exchange));
    return pass(exchange);
  });
  const where = { RUNS_TABLE: "runs", DYNAMODB_ENDPOINT: recorder.url, AWS_REGION };
  await createRunsTable(readConfig({ ...BACKEND, ...where }));
  expect({
    ...definitionIn(sent),
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  }).toEqual(tableProperties("runs-table", "runs"));
  await recorder.close();
  await store.close();
});

/** Whether the service accepts the table's name. */
function isAccepted(name: TemplateName, table: string): boolean {
  const read = {
    table: () => readStoreConfig({ DYNAMODB_TABLE: table, AWS_REGION }),
    "runs-table": () => readConfig({ ...BACKEND, RUNS_TABLE: table, AWS_REGION }),
  };
  try {
    read[name]();
    return true;
  } catch {
    return false;
  }
}

describe.each<TemplateName>(["table", "runs-table"])("deploy/cloudformation/%s.json", (name) => {
  const { Parameters, Resources, Outputs } = readTemplate(name);

  it("keeps the table when the stack is deleted or the table replaced", () => {
    const { DeletionPolicy, UpdateReplacePolicy, Properties } = Resources.Table;
    expect({ DeletionPolicy, UpdateReplacePolicy }).toEqual({
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
    });
    expect(Properties.TableName).toEqual({ Ref: "TableName" });
  });

  it("takes the names that the service takes", () => {
    const pattern = new RegExp(`^${Parameters.TableName.AllowedPattern}$`);
    const names = [
      Parameters.TableName.Default,
      "ab",
      "abc",
      "a.b-c_D",
      "a/b",
      "a".repeat(255),
      "a".repeat(256),
    ];
    for (const table of names) expect([table, pattern.test(table)]).toEqual([table, isAccepted(name, table)]);
  });

  it("puts out only what it contains", () => {
    for (const { Value } of Object.values(Outputs)) {
      const of = "Ref" in Value ? Value.Ref : Value["Fn::GetAtt"][0];
      expect(Object.keys(Resources)).toContain(of);
    }
  });
});
