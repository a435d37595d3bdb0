import { numberLabel } from "../kit/numbers";

/** Return a number of deals that are expected, with one decimal if it is small. */
export function expectedCountLabel(count) {
    return numberLabel(count, count < 10 && Math.round(10 * count) % 10 ? 1 : 0);
}
