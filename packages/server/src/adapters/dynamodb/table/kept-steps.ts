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

/**
 * Keeps the signer, which the SDK otherwise makes for each request; it asks for the credentials each time. Adds the step that
 * sends a request until its signal aborts, in the place of the SDK's own step.
 */
export function keepSteps({ middlewareStack, config }: DynamoDBClient): void {
  const { signer: make, requestHandler } = config;
  let signer: Awaited<ReturnType<typeof make>> | undefined;
  config.signer = async (scheme) => {
    signer ??= await make(scheme);
    return signer;
  };
  middlewareStack.add(
    (next) => (args) => {
      const abortSignal = signals.get(args.input);
      return abortSignal === undefined ? next(args) : requestHandler.handle(args.request, { abortSignal });
    },
    { step: "deserialize", name: "endWithSignal", priority: "low" },
  );
}
