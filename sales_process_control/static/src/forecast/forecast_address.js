import { makeAddress } from "../screen/query_address";

/** Query of the forecast in the address. */
export const FORECAST_ADDRESS = makeAddress(["month", "next_month", "quarter", "next_quarter"], "quarter");
