import { readFileSync } from "node:fs";
import { z } from "zod";

export type TemplateName = "table" | "runs-table";

const reference = z.strictObject({ Ref: z.string() });
const attribute = z.strictObject({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) });
const substitution = z.strictObject({ "Fn::Sub": z.string() });
const statement = z.strictObject({
  Effect: z.literal("Allow"),
  Action: z.array(z.string()),
  Resource: z.union([attribute, substitution]),
});
const policy = z.strictObject({
  Type: z.literal("AWS::IAM::ManagedPolicy"),
  Properties: z.strictObject({
    Description: z.string(),
    PolicyDocument: z.strictObject({ Version: z.literal("2012-10-17"), Statement: z.array(statement) }),
  }),
});
const table = z.strictObject({
  Type: z.literal("AWS::DynamoDB::Table"),
  DeletionPolicy: z.string(),
  UpdateReplacePolicy: z.string(),
  Properties: z.looseObject({
    TableName: reference,
    DeletionProtectionEnabled: z.boolean(),
    PointInTimeRecoverySpecification: z.unknown(),
    SSESpecification: z.strictObject({ SSEEnabled: z.literal(true), SSEType: z.literal("KMS") }),
  }),
});
const parameter = z.strictObject({
  Type: z.literal("String"),
  Default: z.string(),
  AllowedPattern: z.string(),
  Description: z.string(),
});
const output = z.strictObject({
  Description: z.string().optional(),
  Value: z.union([reference, attribute]),
});
const shape = z.strictObject({
  AWSTemplateFormatVersion: z.literal("2010-09-09"),
  Description: z.string(),
  Parameters: z.strictObject({ TableName: parameter }),
  Resources: z.object({ Table: table }).catchall(policy),
  Outputs: z.record(z.string(), output),
});

/** A shipped template. A key that CloudFormation does not know at its place is refused. */
export function readTemplate(name: TemplateName) {
  const file = new URL(`../../../deploy/cloudformation/${name}.json`, import.meta.url);
  return shape.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** The table's properties, as CloudFormation resolves them for this name, apart from the key, which only it sets. */
export function tableProperties(name: TemplateName, tableName: string) {
  const { SSESpecification: _, ...properties } = readTemplate(name).Resources.Table.Properties;
  return { ...properties, TableName: tableName };
}

/** What a managed policy allows: `Query` on the table, `Query *` on its indexes. */
export function allowedBy(name: TemplateName, policyName: string): string[] {
  const { [policyName]: found } = readTemplate(name).Resources;
  const { Properties } = policy.parse(found);
  return Properties.PolicyDocument.Statement.flatMap(({ Action, Resource }) =>
    Action.map((action) => `${action.replace("dynamodb:", "")}${indexOf(Resource)}`),
  ).sort();
}

function indexOf(resource: z.infer<typeof statement>["Resource"]): string {
  if ("Fn::Sub" in resource) return resource["Fn::Sub"].replace(/^\$\{Table\.Arn\}\/index\//, " ");
  const [of, name] = resource["Fn::GetAtt"];
  if (of !== "Table" || name !== "Arn") throw new Error(`a statement is about ${of}.${name}`);
  return "";
}
