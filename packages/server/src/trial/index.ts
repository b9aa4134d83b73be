export { NEW_USER, type NewMemberships, type PersonPorts } from "./dry-run.ts";
export { Explainer, type Explanation, type Texts } from "./explainer.ts";
export { judgeCredential } from "./judge-credential.ts";
export { judgeIdentity } from "./judge-identity.ts";
export { judgePerson, type PersonTexts } from "./judge-person.ts";
export { tokenTrial } from "./token-trial.ts";
