import { playsHistories } from "./histories-of-seed.ts";

playsHistories(20_261_201, 60);
