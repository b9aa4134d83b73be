/** The person and the organization of the examples. */
export const USER_ID = "7c18584b-d06e-4ad2-9ff1-6ef64128fed0";
export const LOGIN_ID = "jyBsEsSmnWTz8cDpXPRGZWBh1cEMXGYaYMnmcTxVGTw";
export const JANE = "jane@acme.example";
export const IN_ACME = { organizationId: "acme" } as const;
