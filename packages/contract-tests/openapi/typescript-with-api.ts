import { registerHooks } from "node:module";

// Preloaded by whoever runs openapi-typescript: it prints through the compiler's JS API, which TypeScript 7 lacks.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "typescript"
      ? next("@typescript/typescript6", { ...context, parentURL: import.meta.url })
      : next(specifier, context),
});
