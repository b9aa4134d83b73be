import { stretchRequestDeadline } from "./request-deadline.ts";

stretchRequestDeadline();
