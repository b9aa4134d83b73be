const { ORACLE = "" } = process.env;

/** Another implementation of DynamoDB, in place of the embedded one; null for that one. */
export const oracle = ORACLE === "" ? null : ORACLE;
