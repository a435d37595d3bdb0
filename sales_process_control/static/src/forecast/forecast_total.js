import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { countLabel, moneyLabel, percentLabel, shortMoneyLabel } from "../kit/numbers";
import { joinedSentences } from "../kit/text_lists";
import { dealsLabel } from "../screen/number_labels";
import { ForecastBlock } from "./forecast_block";
import { shortDayLabel } from "../screen/short_labels";
import { monthsOfTargetLabel } from "../screen/target_labels";
import { arrivalsLabel, expectedCountLabel } from "./forecast_labels";

/** A part of the bar that is a smaller percentage has no room for a pointer: only the line below opens its records. */
const SMALLEST_BUTTON = 10;

/** How much will be won: one bar from what is won to what is still to come, with the range and the target. */
export class ForecastTotal extends ForecastBlock {
    static template = "sales_process_control.ForecastTotal";

    setup() {
        this.state = useState({ explainsArrivals: false });
    }

    get parts() {
        return this.props.data.parts;
    }

    get isEmpty() {
        return !!this.props.data && !this.parts.is_known && !this.parts.won_count && !this.parts.open_count;
    }

    /** Amounts, or numbers of deals where no deal has an amount. */
    get unit() {
        const { won_amount: won, total_amount: total } = this.parts;
        return won || total || this.props.data.target ? "amount" : "count";
    }

    format(value) {
        return this.unit === "amount" ? shortMoneyLabel(value, this.currencyId) : expectedCountLabel(value);
    }

    get values() {
        const { parts, unit } = this;
        const target = this.props.data.target;
        return {
            won: parts[`won_${unit}`],
            expected: parts[`expected_${unit}`] || 0,
            toCome: parts[`to_come_${unit}`] || 0,
            total: parts[`total_${unit}`],
            low: parts[`${unit}_low`],
            high: parts[`${unit}_high`],
            target: target ? target.amount : null,
        };
    }

    get headline() {
        const { won, total, low, high, target } = this.values;
        const texts = { total: this.format(total), low: this.format(low), high: this.format(high) };
        if (!this.parts.is_known) {
            return target === null
                ? _t("%s won so far", this.format(won))
                : _t("%(won)s won so far; target %(target)s", { won: this.format(won), target: this.format(target) });
        }
        if (this.unit === "count") {
            return _t("%(total)s deals, between %(low)s and %(high)s in 8 of 10 cases", texts);
        }
        return target === null
            ? _t("%(total)s, between %(low)s and %(high)s in 8 of 10 cases", texts)
            : _t("%(total)s, between %(low)s and %(high)s in 8 of 10 cases; target %(target)s", {
                  ...texts,
                  target: this.format(target),
              });
    }

    /** How far the forecast is from the target, and whether the target is set for the whole period. */
    get targetNote() {
        const { target } = this.props.data;
        if (!target) {
            return "";
        }
        const { total, low, high } = this.values;
        const notes = [];
        if (this.parts.is_known) {
            const gap = shortMoneyLabel(Math.abs(total - target.amount), this.currencyId);
            const where = this.targetPlace(target.amount, low, high);
            notes.push(
                total < target.amount
                    ? _t("%(gap)s below the target, %(where)s.", { gap, where })
                    : _t("%(gap)s above the target, %(where)s.", { gap, where })
            );
        }
        const months = monthsOfTargetLabel(target.months, target.all_months, target.incomplete);
        if (months) {
            notes.push(_t("The target is incomplete: %s.", months));
        }
        return joinedSentences(notes);
    }

    targetPlace(target, low, high) {
        if (target > high) {
            return _t("which is above the range");
        }
        return target < low ? _t("which is below the range") : _t("which is in the range");
    }

    /** Places of the parts on the bar, in percent of its width. */
    get bar() {
        const { won, expected, toCome, low, high, target } = this.values;
        const end = Math.max(won + expected + toCome, high || 0, target || 0) || 1;
        const at = (value) => (100 * value) / end;
        const part = (key, from, size) => ({
            key,
            style: `--o-from: ${at(from)}; --o-size: ${at(size)};`,
            size,
            isButton: at(size) >= SMALLEST_BUTTON,
        });
        return {
            parts: [
                part("won", 0, won),
                part("expected", won, expected),
                part("to_come", won + expected, this.arrivalLabel ? toCome : 0),
            ].filter(({ size }) => size > 0),
            range: this.parts.is_known ? `--o-from: ${at(low)}; --o-size: ${at(high - low)};` : "",
            target: target === null ? "" : `--o-from: ${at(target)};`,
        };
    }

    get labels() {
        const { won, expected, toCome } = this.values;
        return {
            won: _t("%(amount)s won", { amount: this.format(won) }),
            expected: _t("%(amount)s expected from open deals", { amount: this.format(expected) }),
            to_come: _t("%(amount)s to come", { amount: this.format(toCome) }),
        };
    }

    /** The deals that the parts count. */
    get counts() {
        const { won, open, without_amount: without } = this.props.data;
        const items = [
            { number: won, label: this.wonLabel },
            { number: open, label: this.openLabel },
        ];
        if (without.value) {
            items.push({
                number: without,
                label: _t("%s without an amount, counted as 0", countLabel(without.value)),
            });
        }
        return items;
    }

    /** The amounts are here, too: parts of the bar may be too narrow for them. */
    get wonLabel() {
        const { value } = this.props.data.won;
        return this.unit === "amount"
            ? _t("%(deals)s won (%(amount)s)", { deals: countLabel(value), amount: this.format(this.values.won) })
            : _t("%(deals)s won", { deals: dealsLabel(value) });
    }

    get openLabel() {
        const deals = dealsLabel(this.props.data.open.value);
        return this.hasExpectedAmount
            ? _t("%(deals)s open (%(amount)s expected)", { deals, amount: this.format(this.values.expected) })
            : _t("%(deals)s open", { deals });
    }

    /** The deals that are still to come, which have no records; empty if they are nothing of the headline. */
    get arrivalLabel() {
        const amount = this.hasExpectedAmount ? this.format(this.values.toCome) : "";
        return arrivalsLabel(this.parts.to_come_count || 0, amount);
    }

    get hasExpectedAmount() {
        return this.unit === "amount" && this.parts.is_known;
    }

    get unknownNote() {
        const { open_not_known: unknown, open_count: open, is_known: isKnown } = this.parts;
        if (!isKnown) {
            return _t("The chances are not known yet: ten deals must be won or lost first.");
        }
        return unknown
            ? _t("The chance of %(unknown)s of %(open)s open deals is not known yet. These deals count as 0.", {
                  open: countLabel(open),
                  unknown: countLabel(unknown),
              })
            : "";
    }

    /** What the part still to come rests on. */
    get arrivalNote() {
        const { count, days, incoming, chance, average } = this.props.data.arrivals;
        const values = {
            count: countLabel(count),
            days,
            incoming: expectedCountLabel(incoming),
            end: shortDayLabel(this.parts.date_end),
            chance: percentLabel(chance),
            average: moneyLabel(average, this.currencyId),
        };
        return this.unit === "amount"
            ? _t(
                  "Still to come: %(count)s deals were created in the last %(days)s days, so %(incoming)s more are expected by %(end)s. %(chance)s of these are won in the period, with %(average)s on average.",
                  values
              )
            : _t(
                  "Still to come: %(count)s deals were created in the last %(days)s days, so %(incoming)s more are expected by %(end)s. %(chance)s of these are won in the period.",
                  values
              );
    }

    toggleArrivals() {
        this.state.explainsArrivals = !this.state.explainsArrivals;
    }
}
