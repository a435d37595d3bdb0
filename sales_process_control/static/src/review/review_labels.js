export * from "../screen/conversion_labels";
export * from "../screen/number_labels";

/** Fewer visits than this are not enough for what usually happens. */
export const FEW = 10;
