import { registerHooks } from "node:module";

// Preloaded for openapi-typescript, which prints through the compiler's JS API. TypeScript 7 does not have that API.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "typescript"
      ? next("@typescript/typescript6", { ...context, parentURL: import.meta.url })
      : next(specifier, context),
});
