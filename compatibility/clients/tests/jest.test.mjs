import { checkMocks } from "./mocks.mjs";

test("the mocks answer", checkMocks);
