import { describeContract } from "./contract.ts";
import { startHandlers } from "./platforms.ts";

describeContract("the SDK's handlers", startHandlers);
