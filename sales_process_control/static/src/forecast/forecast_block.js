import { QueryBlock } from "../screen/query_block";

/** Base class of the blocks of the forecast. */
export class ForecastBlock extends QueryBlock {
    get currencyId() {
        return this.props.data.currency_id;
    }
}
