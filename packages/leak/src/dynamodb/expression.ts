import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item, Path } from "./attributes.ts";

/** DynamoDB's limits are 300 operators, of which each condition has two, and 4 KiB. */
const MOST_CONDITIONS = 140;
const MOST_CHARACTERS = 4_000;

/** Names and values are never part of an expression's text: whatever they are, they do no harm. */
export class Placeholders {
  readonly #names = new Map<string, string>();
  readonly #values = new Map<string, AttributeValue>();

  path([column, ...path]: readonly [string, ...Path]): string {
    const steps = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${this.#name(step)}`));
    return [this.#name(column), ...steps].join("");
  }

  value(value: AttributeValue): string {
    const placeholder = `:v${this.#values.size}`;
    this.#values.set(placeholder, value);
    return placeholder;
  }

  /** What a request needs beside its expressions. */
  get attributes() {
    const names = [...this.#names].map(([name, placeholder]) => [placeholder, name] as const);
    return {
      ExpressionAttributeNames: Object.fromEntries(names),
      // DynamoDB refuses none.
      ...(this.#values.size > 0 && { ExpressionAttributeValues: Object.fromEntries(this.#values) }),
    };
  }

  #name(name: string): string {
    const placeholder = this.#names.get(name) ?? `#n${this.#names.size}`;
    this.#names.set(name, placeholder);
    return placeholder;
  }
}

/** An expression, and what its placeholders stand for. */
export interface Condition extends Pick<Placeholders, "attributes"> {
  readonly expression: string;
}

/**
 * That an item still has every value that was read of it. What is nested is compared text by text where that is possible,
 * because the embedded store takes no two maps for equal. Null: the item has too many attributes for one condition.
 */
export function unchanged(item: Item, keyColumns: readonly string[]): Condition | null {
  const columns = Object.entries(item).filter(([column]) => !keyColumns.includes(column));
  const leaves = columns.flatMap(([column, value]) => [...leavesOf(value, [column])]);
  const whole = columns.map(([column, value]): Leaf => ({ path: [column], value, isCounted: false }));
  return conjunction(leaves, keyColumns) ?? conjunction(whole, keyColumns);
}

interface Leaf {
  readonly path: readonly [string, ...Path];
  readonly value: AttributeValue;
  /** Of a map or a list: how many it holds is compared, not what. */
  readonly isCounted: boolean;
}

function* leavesOf(value: AttributeValue, path: readonly [string, ...Path]): Generator<Leaf> {
  const inner = value.M === undefined ? [...(value.L ?? []).entries()] : Object.entries(value.M);
  const isCounted = value.M !== undefined || value.L !== undefined;
  yield { path, value, isCounted };
  for (const [step, each] of inner) yield* leavesOf(each, [...path, step]);
}

function conjunction(leaves: readonly Leaf[], keyColumns: readonly string[]): Condition | null {
  const placeholders = new Placeholders();
  const exists = keyColumns.map((column) => `attribute_exists(${placeholders.path([column])})`);
  const compared = leaves.flatMap(({ path, value, isCounted }) => {
    const at = placeholders.path(path);
    if (!isCounted) return [`${at} = ${placeholders.value(value)}`];
    const count = value.L?.length ?? Object.keys(value.M ?? {}).length;
    const type = placeholders.value({ S: value.L === undefined ? "M" : "L" });
    return [`attribute_type(${at}, ${type})`, `size(${at}) = ${placeholders.value({ N: String(count) })}`];
  });
  const conditions = [...exists, ...compared];
  const expression = conditions.join(" AND ");
  if (conditions.length > MOST_CONDITIONS || expression.length > MOST_CHARACTERS) return null;
  return { expression, attributes: placeholders.attributes };
}
