import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RecordNumber } from "../screen/record_number";
import { NumberList } from "../screen/number_list";
import { conversionLabel, daysOrUnknown } from "../screen/conversion_labels";
import { countLabel, isKnown, percentLabel } from "../kit/numbers";
import { labelled } from "../kit/text_lists";
import { amountLabel } from "../screen/number_labels";
import { StageDwell } from "./stage_dwell";
import { StageLimit } from "./stage_limit";
import { StageOutlook } from "./stage_outlook";

/** Card of one stage. */
export class StageCard extends Component {
    static template = "sales_process_control.StageCard";
    static components = { NumberList, RecordNumber, StageDwell, StageLimit, StageOutlook };
    static props = {
        /** See `crm.review.stages`. */
        stage: { type: Object },
        /** Days of the bar that shows what usually happens. */
        days: { type: Number },
        actions: { type: Object },
    };

    get headingId() {
        return `o_stage_card_${this.props.stage.stage_id}`;
    }

    get hereLabel() {
        return _t("%s here now", countLabel(this.props.stage.here.value));
    }

    get entered() {
        return this.props.stage.entered;
    }

    get enteredLabel() {
        return _t("%s came in", countLabel(this.entered.value));
    }

    /** Mark of the worst and of the best stage: icon and words, since colour alone is not enough. */
    get mark() {
        const { is_worst: isWorst, is_best: isBest } = this.props.stage;
        if (isWorst) {
            return { tone: "danger", icon: "fa-exclamation-triangle", label: _t("Costs most") };
        }
        return isBest && { tone: "success", icon: "fa-arrow-up", label: _t("Improved most") };
    }

    get conversion() {
        return conversionLabel(this.props.stage);
    }

    get isTooFew() {
        const { rate, at_least: atLeast, decided } = this.props.stage;
        return !isKnown(rate) && !isKnown(atLeast) && decided.value > 0;
    }

    /** Change of the rate on the period before, in points. */
    get change() {
        const { change } = this.props.stage;
        if (!isKnown(change)) {
            return false;
        }
        const points = Math.round(change);
        if (points === 0) {
            return { tone: "secondary", icon: "fa-arrows-h", label: _t("as before") };
        }
        return points > 0
            ? { tone: "success", icon: "fa-arrow-up", label: _t("+%s vs. before", points) }
            : { tone: "danger", icon: "fa-arrow-down", label: _t("−%s vs. before", -points) };
    }

    get outcomes() {
        const { went_on: wentOn, lost, open, removed, decided, goes_to_win: goesToWin } = this.props.stage;
        const amount = amountLabel(lost.amount, lost.currency_id);
        const count = countLabel(lost.value);
        return [
            {
                number: wentOn,
                label: goesToWin ? _t("%s won", countLabel(wentOn.value)) : _t("%s moved on", countLabel(wentOn.value)),
                isShown: decided.value > 0,
            },
            {
                number: lost,
                label: amount ? _t("%(count)s lost, %(amount)s", { count, amount }) : _t("%s lost", count),
                isShown: decided.value > 0,
            },
            {
                number: decided,
                label: goesToWin
                    ? _t("%s won or lost", countLabel(decided.value))
                    : _t("%s moved on or lost", countLabel(decided.value)),
                isShown: decided.value > 0,
            },
            { number: open, label: _t("%s open", countLabel(open.value)), isShown: open.value > 0 },
            { number: removed, label: _t("%s removed", countLabel(removed.value)), isShown: removed.value > 0 },
        ].filter(({ isShown }) => isShown);
    }

    get detours() {
        const { skipped, came_back: cameBack, moved_back: movedBack, still_here: stillHere } = this.props.stage;
        return [
            { number: skipped, label: _t("%s skipped", countLabel(skipped.value)) },
            { number: cameBack, label: _t("%s came back", countLabel(cameBack.value)) },
            { number: movedBack, label: _t("%s moved back", countLabel(movedBack.value)) },
            { number: stillHere, label: _t("%s of the period still here", countLabel(stillHere.value)) },
        ].filter(({ number }) => number.value > 0);
    }

    get reasons() {
        return this.props.stage.reasons.map(({ name, number }) => ({
            number,
            label: _t("%(name)s %(count)s", { name, count: countLabel(number.value) }),
        }));
    }

    /** What is compared: the period before and the company, each in words. */
    get comparisons() {
        const { before, company } = this.props.stage;
        return [before && { label: _t("Before"), ...before }, company && { label: _t("Company"), ...company }]
            .filter((other) => other && (isKnown(other.rate) || isKnown(other.median)))
            .map(({ label, rate, median }) => {
                const share = isKnown(rate) ? percentLabel(rate) : _t("too few for a percentage");
                return isKnown(median)
                    ? _t("%(label)s: %(share)s, half leave within %(days)s", {
                          label,
                          share,
                          days: daysOrUnknown(median),
                      })
                    : labelled(label, share);
            });
    }

    get ages() {
        return this.props.stage.ages.map(({ days, deals, won, lost, open, removed }) => ({
            key: days,
            deals,
            lead: _t("Of %(count)s that stayed %(days)s days or longer:", { count: countLabel(deals.value), days }),
            items: [
                { number: won, label: _t("%s won", countLabel(won.value)) },
                { number: lost, label: _t("%s lost", countLabel(lost.value)) },
                { number: open, label: _t("%s open", countLabel(open.value)) },
                { number: removed, label: _t("%s removed", countLabel(removed.value)) },
            ].filter(({ number }, index) => index < 3 || number.value > 0),
        }));
    }

    get steps() {
        return this.props.stage.steps
            .filter(({ missing }) => missing.value > 0)
            .map(({ id, name, missing, of: whole }) => ({
                key: id,
                number: missing,
                label: _t("%(step)s: missing in %(count)s of %(whole)s", {
                    step: name,
                    count: countLabel(missing.value),
                    whole: countLabel(whole),
                }),
            }));
    }

    get limit() {
        const { stage, actions } = this.props;
        return {
            dwell: stage.dwell,
            stageName: stage.name,
            applied: actions.findApplied(stage),
            onApply: () => actions.applyLimit(stage),
            onUndo: () => actions.undoLimit(stage),
        };
    }

    get playbookTitle() {
        return _t("Open the playbook of %s", this.props.stage.name);
    }
}
