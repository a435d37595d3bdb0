import { makeAddress } from "../screen/query_address";

/** Query of the process review in the address. */
export const REVIEW_ADDRESS = makeAddress(["month", "quarter", "3_months", "6_months", "12_months"], "6_months");
