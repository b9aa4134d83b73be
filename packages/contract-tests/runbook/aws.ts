import * as dynamodb from "@aws-sdk/client-dynamodb";
import { z } from "zod";

/** A request to DynamoDB, as a line of the AWS CLI asks for it. */
export interface AwsRequest {
  /** Such as `DeleteItem`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Whether the line waits until it is so. */
  readonly waits: boolean;
}

/** A structure in the SDK's description of the API: its members' names and their types, of which the first ones are required. */
const structure = z
  .tuple([z.literal(3), z.string(), z.string(), z.unknown(), z.array(z.string()), z.array(z.unknown())])
  .rest(z.unknown());
/** The SDK's numbers of simple types. */
const TYPES: Readonly<Record<number, (text: string) => unknown>> = {
  0: (text) => text,
  1: (text) => z.coerce.number().parse(text),
  4: (text) => z.iso.datetime().parse(text),
};
const BOOLEAN = 2;

const pascal = (name: string) => name.replaceAll(/(?:^|-)([a-z])/g, (_, letter) => letter.toUpperCase());
const kebab = (name: string) => name.replaceAll(/(?<!^)([A-Z])/g, "-$1").toLowerCase();

/**
 * Reads a line of the AWS CLI against the SDK's description of the operation. What the CLI alone knows is left out: its options
 * for all operations, and files as values.
 * @throws where the operation or a parameter does not exist, is missing or has a value of another type
 */
export function parseAws([service, name = "", ...words]: readonly string[]): AwsRequest {
  if (service !== "dynamodb") throw new Error(`aws ${service} is not DynamoDB`);
  const waits = name === "wait";
  if (waits && !(`waitUntil${pascal(words[0] ?? "")}` in dynamodb))
    throw new Error(`there is no waiter ${words[0]}`);
  const operation = waits ? "DescribeTable" : pascal(name);
  const described = structure.parse(Reflect.get(dynamodb, `${operation}Input$`));
  const [, , , , members, types, required = 0] = described;
  const input: Record<string, unknown> = {};
  for (const option of optionsIn(waits ? words.slice(1) : words)) {
    const [flag, no] = option.name.startsWith("no-") ? [option.name.slice(3), true] : [option.name, false];
    const member = members.findIndex((each) => kebab(each) === flag);
    if (member < 0) throw new Error(`${operation} has no parameter --${flag}`);
    input[members[member] ?? ""] = parsedAs(option.value ?? (no ? "false" : "true"), types[member]);
  }
  const missing = members.slice(0, z.number().parse(required)).filter((member) => !(member in input));
  if (missing.length > 0) throw new Error(`${operation} needs ${missing.join(", ")}`);
  return { operation, input, waits };
}

function optionsIn(
  words: readonly string[],
): { readonly name: string; readonly value: string | undefined }[] {
  return words.flatMap((word, index) => {
    const next = words[index + 1];
    const [, name] = /^--([a-z-]+)$/.exec(word) ?? [];
    if (name !== undefined) return { name, value: next?.startsWith("--") ? undefined : next };
    if (words[index - 1]?.startsWith("--")) return [];
    throw new Error(`"${word}" belongs to no option`);
  });
}

/** A structure is JSON, or in the shorthand of the CLI: `A=1,B=text`. */
function parsedAs(text: string, type: unknown): unknown {
  if (type === BOOLEAN) return z.stringbool().parse(text);
  if (typeof type === "number" && TYPES[type] !== undefined) return TYPES[type](text);
  if (/^[{[]/.test(text)) return JSON.parse(text);
  return Object.fromEntries(
    text.split(",").map((pair) => {
      const [name = "", value = ""] = pair.split("=");
      return [name, /^-?\d+$/.test(value) ? Number(value) : value];
    }),
  );
}

/** Sends it to a DynamoDB on the loopback interface. @returns the body of its answer @throws with one that is not 200 */
export async function sendAws(endpoint: string, { operation, input }: AwsRequest): Promise<string> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      "x-amz-date": "20260101T000000Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=any/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=any",
    },
    body: JSON.stringify(input),
  });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`${operation}: ${body}`);
  return body;
}
