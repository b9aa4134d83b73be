import { describeContract } from "./contract.ts";
import { startServer } from "./platforms.ts";

describeContract("the server", startServer);
