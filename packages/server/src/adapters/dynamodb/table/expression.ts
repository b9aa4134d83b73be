import { marshall } from "@aws-sdk/util-dynamodb";

/** An expression over attributes, written `#attribute`, and values, written `:value`. */
export interface Expression {
  readonly expression: string;
  /** What placeholders stand for that are not named like their attributes. The first expression decides. */
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<`:${string}`, string | number | null>>;
}

/** The condition that no item is stored under the key. */
export const ABSENT: Expression = { expression: "attribute_not_exists(#pk)" };

/** Every attribute is a placeholder, because `role`, `status`, `name` and over 500 more are reserved words. */
export function placeholders(...expressions: readonly Expression[]) {
  const names: Record<string, string> = {};
  const values: Record<string, string | number | null> = {};
  for (const each of expressions) {
    for (const [placeholder] of each.expression.matchAll(/#\w+/g))
      names[placeholder] ??= each.names?.[placeholder] ?? placeholder.slice(1);
    Object.assign(values, each.values);
  }
  return {
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: marshall(values) }),
  };
}
