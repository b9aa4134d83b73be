/** The longest time that a timer can wait, 24 days. With more than that it fires at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
