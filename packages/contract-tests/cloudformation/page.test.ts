import { describe, expect, it } from "vitest";
import { readPage } from "../pages/page.ts";
import { recordCreation } from "./recorded-creation.ts";
import { allowedBy, readTemplate, type TemplateName } from "./template.ts";

const PAGE = readPage("docs/deploy-table.md");
/** The operations of DynamoDB that a text names. */
const operationsIn = (text = "") =>
  [...text.matchAll(/`([A-Z][a-z]+[A-Za-z]*)`/g)].map(([, name = ""]) => name);
const row = (name: string) => PAGE.rows.find(([first]) => first === name) ?? [];
const ofTable = (policy: string) => allowedBy("table", policy).filter((each) => !each.includes(" "));

describe("what docs/deploy-table.md says", () => {
  it("names the actions of each policy", () => {
    const [, , serve = ""] = row("`ServePolicy` of table.json");
    const [onTable, onIndex] = serve.split("; ");
    expect(operationsIn(onTable)).toEqual(ofTable("ServePolicy"));
    expect(operationsIn(onIndex).map((each) => `${each} *`)).toEqual(
      allowedBy("table", "ServePolicy").filter((each) => each.includes(" ")),
    );
    const more = operationsIn(row("`OperatorPolicy` of table.json").join()).slice(1);
    expect([...ofTable("ServePolicy"), ...more].sort()).toEqual(ofTable("OperatorPolicy"));
    const [, ...ofRuns] = operationsIn(row("`ServePolicy` of runs-table.json").join());
    expect(ofRuns).toEqual(allowedBy("runs-table", "ServePolicy"));
  });

  it("names what `table create` needs", async () => {
    const needed = /`table create` needs (.*?);/.exec(PAGE.text)?.[1];
    const sent = (await recordCreation("platform-api")).map(({ operation }) => operation);
    expect(new Set(operationsIn(needed))).toEqual(new Set(sent));
  });

  it.each<TemplateName>(["table", "runs-table"])("deploys %s.json with its parameters", (name) => {
    const command =
      PAGE.commands.find((line) => line.includes(`deploy/cloudformation/${name}.json --`)) ?? "";
    const overrides = /--parameter-overrides (\S+)=(\S+)/.exec(command)?.slice(1);
    expect([overrides]).toEqual(
      Object.entries(readTemplate(name).Parameters).map(([parameter, { Default }]) => [parameter, Default]),
    );
  });

  it("imports the table alone", () => {
    const { Table, ...policies } = readTemplate("table").Resources;
    const leftOut = /jq 'del\((.*?)\)'/.exec(PAGE.text)?.[1]?.split(", ");
    expect(leftOut).toEqual([...Object.keys(policies).map((name) => `.Resources.${name}`), ".Outputs"]);
    const [imported] = JSON.parse(/--resources-to-import '(.*?)'/.exec(PAGE.text)?.[1] ?? "");
    const TableName = readTemplate("table").Parameters.TableName.Default;
    expect(imported).toEqual({
      ResourceType: Table.Type,
      LogicalResourceId: "Table",
      ResourceIdentifier: { TableName },
    });
  });
});
