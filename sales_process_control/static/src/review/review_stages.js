import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RadioChips } from "../kit/radio_chips";
import { ReviewBlock } from "./review_block";
import { StageCard } from "./stage_card";

const HORIZONS = [30, 60, 90];

/** A card for each stage. */
export class ReviewStages extends ReviewBlock {
    static template = "sales_process_control.ReviewStages";
    static components = { ...ReviewBlock.components, RadioChips, StageCard };
    static props = {
        ...ReviewBlock.props,
        /** State of what is read after the cards are shown: lost reasons, ages and suggested limits. */
        detailsStatus: { type: String },
        detailsError: { type: String },
    };

    setup() {
        this.state = useState({ days: HORIZONS[0] });
    }

    get isEmpty() {
        return !!this.props.data && !this.props.data.stages.length;
    }

    /** Whether the cards lack their details, or show old ones. An error of the cards themselves says enough. */
    get lacksDetails() {
        const { error, detailsStatus, detailsError } = this.props;
        return !error && (detailsStatus === "error" || !!detailsError);
    }

    get horizons() {
        return HORIZONS.map((days) => ({ value: days, label: _t("%s days", days) }));
    }

    chooseDays(days) {
        // A click on the chosen chip clears it, but one horizon always stays chosen.
        if (days) {
            this.state.days = days;
        }
    }
}
