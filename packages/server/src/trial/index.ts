export { NEW_USER, type NewMemberships } from "./dry-run.ts";
export { Explainer, type Explanation, type Texts } from "./explainer.ts";
export { judgeCredential } from "./judge-credential.ts";
export { judgePerson, type PersonPorts, type PersonTexts } from "./judge-person.ts";
export { tokenTrial } from "./token-trial.ts";
