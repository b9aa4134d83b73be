/** Operations of transactions on items of the table `first`. */
const TableName = "first";

export const IS_ABSENT = { ConditionExpression: "attribute_not_exists(pk)" };
export const EXISTS = { ConditionExpression: "attribute_exists(pk)" };

export const text = (S: string) => ({ S });
export const number = (n: number) => ({ N: `${n}` });

export const put = (Item: object, more: object = {}) => ({ Put: { TableName, Item, ...more } });
export const erase = (Key: object, more: object = {}) => ({ Delete: { TableName, Key, ...more } });
export const check = (Key: object, more: object) => ({ ConditionCheck: { TableName, Key, ...more } });

/** Sets the attribute `a`, unless `more` says otherwise. */
export const set = (Key: object, value: object, more: object = {}) => ({
  Update: {
    TableName,
    Key,
    UpdateExpression: "SET #a = :a",
    ExpressionAttributeNames: { "#a": "a" },
    ExpressionAttributeValues: { ":a": value },
    ...more,
  },
});
export const add = (Key: object, n: number) => set(Key, number(n), { UpdateExpression: "ADD #a :a" });
