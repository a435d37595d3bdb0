import { QueryModel } from "../screen/query_model";
import { FORECAST_ADDRESS } from "./forecast_address";

/** State of the forecast: its query and its data. */
export class ForecastModel extends QueryModel {
    static model = "crm.forecast.screen";
    static method = "get_screen";
    static screen = "forecast";
    static address = FORECAST_ADDRESS;
    static answers = [
        "periods",
        "period_kind",
        "period_name",
        "today",
        "start",
        "end",
        "days_left",
        "may_compare_all",
        "companies",
        "seller_domain",
        "currency_id",
        "later",
    ];
    static first = ["total", "deals", "trail", "owners"];
}
