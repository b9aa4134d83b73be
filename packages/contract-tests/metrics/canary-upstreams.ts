import type { Fault } from "../simulator/fault-proxy.ts";
import { answer } from "../simulator/faults.ts";

/** Plants the text in one place of an upstream's answers. */
export interface PlantedUpstream {
  readonly where: string;
  readonly upstream: "directory" | "store" | "keys";
  /** The status of a first login's answer. */
  readonly status: number;
  readonly fault: (canary: string) => Fault;
}

const DYNAMODB_TYPE = "application/x-amz-json-1.0";

const moved = (canary: string): Fault => {
  return ({ response }) => response.writeHead(302, { location: `http://${canary}.example/` }).end();
};

/** The address that was asked for, in a record with other fields. */
function record(fields: (email: string) => object): Fault {
  return (exchange) => {
    const { email }: { email: string } = JSON.parse(exchange.body.toString());
    const known = { id: "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab", email, email_verified: true, created: true };
    return answer(200, { ...known, ...fields(email) })(exchange);
  };
}

const directory = (where: string, fault: PlantedUpstream["fault"]): PlantedUpstream => ({
  where: `the directory's ${where}`,
  upstream: "directory",
  status: 502,
  fault,
});
const store = (where: string, fault: PlantedUpstream["fault"]): PlantedUpstream => ({
  where: `the store's ${where}`,
  upstream: "store",
  status: 503,
  fault,
});
const keys = (where: string, status: number, fault: PlantedUpstream["fault"]): PlantedUpstream => ({
  where: `the key set's ${where}`,
  upstream: "keys",
  status,
  fault,
});

export const PLANTED_UPSTREAMS: readonly PlantedUpstream[] = [
  directory("error", (c) => answer(500, { error: c })),
  directory("refusal", (c) => answer(422, { error: c, [c]: c })),
  directory(
    "status text",
    (c) =>
      ({ response }) =>
        response.writeHead(500, c, { [c]: c }).end(),
  ),
  directory("page", (c) => answer(200, `<title>${c}</title>`, "text/html")),
  directory("broken JSON", (c) => answer(200, `{"id": ${c}`)),
  directory("redirect", moved),
  directory("id", (c) => record(() => ({ id: c }))),
  directory("address", (c) => record(() => ({ email: `${c}@acme.example` }))),
  directory("further fields", (c) => record((email) => ({ email: [email, c], [c]: c }))),
  store("error", (c) =>
    answer(
      400,
      { __type: "com.amazonaws.dynamodb.v20120810#ValidationException", message: c },
      DYNAMODB_TYPE,
    ),
  ),
  store("kind of error", (c) =>
    answer(400, { __type: `com.amazonaws.dynamodb.v20120810#${c}`, message: c }, DYNAMODB_TYPE),
  ),
  store("failure", (c) => answer(500, { __type: c, message: c }, DYNAMODB_TYPE)),
  store("page", (c) => answer(200, `<title>${c}</title>`, "text/html")),
  store("broken JSON", (c) => answer(200, `{"Item": ${c}`, DYNAMODB_TYPE)),
  store("item", (c) =>
    answer(
      200,
      { Item: { pk: { S: c }, sk: { S: c }, type: { S: c }, [c]: { S: c } }, Items: [{ pk: { S: c } }] },
      DYNAMODB_TYPE,
    ),
  ),
  keys("failure", 503, (c) => answer(500, { error: c })),
  keys("page", 503, (c) => answer(200, `<title>${c}</title>`, "text/html")),
  keys("broken JSON", 503, (c) => answer(200, `{"keys": ${c}`)),
  keys("repeated member", 503, (c) => answer(200, `{"${c}": 1, "${c}": 2, "keys": []}`)),
  keys("redirect", 503, moved),
  keys("entries", 401, (c) =>
    answer(200, { keys: [c, { kid: c, kty: "RSA", n: c, e: "AQAB" }, { kty: c, use: c, alg: c }] }),
  ),
];
