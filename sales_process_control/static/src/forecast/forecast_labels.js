import { formatFloat } from "@web/core/utils/numbers";

/** Return a number of deals that are expected, with one decimal if it is small. */
export function expectedCountLabel(count) {
    return formatFloat(count, { digits: [false, count < 10 ? 1 : 0], trailingZeros: false });
}
