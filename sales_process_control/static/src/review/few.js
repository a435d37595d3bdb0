/** Fewer visits than this are not enough for what usually happens. */
export const FEW = 10;
