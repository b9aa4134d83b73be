const { checkMocks } = require("./mocks.mjs");

test.each([
  ["@platform-api/client", "createPlatformClient"],
  ["@platform-api/client/react", "usePlatform"],
  ["@platform-api/client/testing", "platformHandlers"],
])("%s has %s", (entry, name) => expect(require(entry)[name]).toBeInstanceOf(Function));
test("the mocks answer", checkMocks);
