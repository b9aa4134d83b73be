const { checkMocks } = require("./mocks.mjs");

test("the mocks answer", checkMocks);
