import type { DynamoDBClient, DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";

/** By the input of the request. */
const signals = new WeakMap<object, AbortSignal>();

/**
 * The input of a request that ends with the signal. For a signal among its options the SDK would put the steps together for
 * this request alone, which takes a sixteenth of its CPU time.
 */
export function until<Input extends object>(signal: AbortSignal, input: Input): Input {
  signals.set(input, signal);
  return input;
}

/** The SDK then puts the steps of each operation together once. */
export const KEEP_STEPS = { cacheMiddleware: true } satisfies DynamoDBClientConfig;

/** Keeps the signer, which the SDK otherwise makes for each request. It asks for the credentials each time. */
export function keepSigner({ config }: DynamoDBClient): void {
  const { signer: make } = config;
  let signer: Awaited<ReturnType<typeof make>> | undefined;
  config.signer = async (scheme) => {
    signer ??= await make(scheme);
    return signer;
  };
}

/** Adds the step that sends a request until its signal aborts, in the place of the SDK's own step. */
export function endWithSignals({ middlewareStack, config: { requestHandler } }: DynamoDBClient): void {
  middlewareStack.add(
    (next) => (args) => {
      const abortSignal = signals.get(args.input);
      return abortSignal === undefined ? next(args) : requestHandler.handle(args.request, { abortSignal });
    },
    { step: "deserialize", name: "endWithSignal", priority: "low" },
  );
}
