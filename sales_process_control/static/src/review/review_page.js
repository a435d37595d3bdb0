import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { downloadFile } from "@web/core/network/download";
import { useService } from "@web/core/utils/hooks";
import { url } from "@web/core/utils/urls";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { SearchBarMenu } from "@web/search/search_bar_menu/search_bar_menu";
import { joinedSentences } from "../kit/text_lists";
import { SafeBlock, useSafeBlocks } from "../screen/block";
import { drawPicture } from "../screen/picture";
import { queryPageProps, useQueryPage } from "../screen/query_page";
import { QueryPickers } from "../screen/query_pickers";
import { useReviewActions } from "./review_actions";
import { ReviewConversion } from "./review_conversion";
import { ReviewDoubtful } from "./review_doubtful";
import { ReviewHeadline } from "./review_headline";
import { dayLabel } from "../screen/number_labels";
import { ReviewModel } from "./review_model";
import { ReviewResults } from "./review_results";
import { ReviewSellers } from "./review_sellers";
import { ReviewSlippage } from "./review_slippage";
import { ReviewStages } from "./review_stages";
import { ReviewTrust } from "./review_trust";
import { ReviewVelocity } from "./review_velocity";

/**
 * Blocks in the order of the screen; `source` is the block of the server that has their data, `details` the one that is read
 * later and added to them.
 */
const BLOCKS = [
    { name: "headline", source: "stages", component: ReviewHeadline, title: _t("Summary") },
    { name: "stages", source: "stages", details: "details", component: ReviewStages, title: _t("Stages") },
    { name: "conversion", source: "stages", component: ReviewConversion, title: _t("Conversion from stage to stage") },
    { name: "results", source: "results", component: ReviewResults, title: _t("Results") },
    { name: "velocity", source: "results", component: ReviewVelocity, title: _t("Sales velocity") },
    { name: "slippage", source: "results", component: ReviewSlippage, title: _t("Slippage") },
    { name: "doubtful", source: "doubtful", component: ReviewDoubtful, title: _t("Probably not real") },
    { name: "sellers", source: "sellers", component: ReviewSellers, title: _t("By salesperson") },
    { name: "trust", source: "trust", component: ReviewTrust, title: _t("Reliability of these numbers") },
];

/** Page of the process review: pickers and blocks. */
export class ReviewPage extends Component {
    static template = "sales_process_control.ReviewPage";
    static components = { ControlPanel, QueryPickers, SafeBlock, SearchBarMenu };
    static props = queryPageProps;

    setup() {
        this.nameService = useService("name");
        this.model = new ReviewModel(this.props);
        this.reloadStages = () => this.model.live.retry(["stages", "details"]);
        this.actions = useReviewActions({
            reloadStages: this.reloadStages,
            restored: this.props.state?.review?.applied,
        });
        this.toSafeBlock = useSafeBlocks();
        this.rootRef = useQueryPage(this.model, () => ({ applied: this.actions.getApplied() }));
    }

    get answer() {
        return this.model.answer;
    }

    /** What the period is compared with. */
    get comparison() {
        if (!this.answer) {
            return "";
        }
        const { before_name: before, is_filtered: isFiltered } = this.answer;
        return isFiltered ? _t("against %s, and the whole company", before) : _t("against %s", before);
    }

    get spreadsheetUrl() {
        const { period, teamId, userId, companyId } = this.model.query;
        const parameters = { period, team_id: teamId, user_id: userId, company_id: companyId };
        const given = Object.entries(parameters).filter(([, value]) => value);
        return url("/sales_process_control/review/xlsx", Object.fromEntries(given));
    }

    /** The blocks as props of `SafeBlock`. */
    get blocks() {
        return BLOCKS.map(({ name, source, details, component, title: lazyTitle }) => {
            const frame = { title: lazyTitle.toString(), className: `o_review_${name}` };
            const data = { ...this.getDataProps(source), ...(details ? this.getDetailsProps(details) : {}) };
            const blockProps = { ...data, ...frame, answer: this.answer, actions: this.actions };
            return this.toSafeBlock({ name, component, blockProps, ...frame });
        });
    }

    getDataProps(source) {
        const blockProps = this.model.live.getProps(source);
        return source === "stages" ? { ...blockProps, data: this.model.stages } : blockProps;
    }

    /** State of the data that are read later, which are read again together with those that they are added to. */
    getDetailsProps(details) {
        const { status, error } = this.model.live.getProps(details);
        return { detailsStatus: status, detailsError: error, onRetry: this.reloadStages };
    }

    get canSavePicture() {
        return Boolean(this.model.live.blocks.stages?.data?.stages.length);
    }

    /** Sentences of the headline, as lines of the picture. */
    get findings() {
        const { headline, improved, nothing } = this.model.live.blocks.stages.data;
        const found = [headline, improved]
            .filter(Boolean)
            .map(({ title, sentences }) => joinedSentences([title, ...sentences]));
        return found.length ? found : [nothing];
    }

    /** Download title, period, headline and the charts as one image. */
    async savePicture() {
        const filters = await this.loadFilterLabels();
        if (!this.canSavePicture) {
            return; // other filters were chosen meanwhile
        }
        const charts = BLOCKS.map(({ name, title }) => ({
            title: title.toString(),
            canvas: this.rootRef.el.querySelector(`.o_review_${name} canvas`),
            legend: name === "slippage" ? this.getLegend(name) : [],
        })).filter(({ canvas }) => canvas);
        const { start, end } = this.answer;
        const title = _t("Process Review");
        const period = _t("%(start)s to %(end)s", { start: dayLabel(start), end: dayLabel(end) });
        const canvas = drawPicture(this.rootRef.el.querySelector(".o_block"), {
            title,
            lines: [[period, ...filters].join(" · "), ...this.findings],
            charts,
        });
        const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
        downloadFile(blob, `${title} ${end}.png`, "image/png");
    }

    /** Return the legend of a block as its page shows it: {color, label}. */
    getLegend(name) {
        const entries = [...this.rootRef.el.querySelectorAll(`.o_review_${name} .o_share_legend li`)];
        return entries.map((entry) => ({
            color: getComputedStyle(entry.querySelector(".o_swatch")).backgroundColor,
            label: entry.textContent.trim(),
        }));
    }

    /** Return the names of the chosen company, team and salesperson. The pickers may have text that is not chosen yet. */
    async loadFilterLabels() {
        const { teamId, userId, companyId } = this.model.query;
        const company = this.answer.companies.find(({ id }) => id === companyId);
        const [teams, users] = await Promise.all([
            this.nameService.loadDisplayNames("crm.team", teamId ? [teamId] : []),
            this.nameService.loadDisplayNames("res.users", userId ? [userId] : []),
        ]);
        // The name of a record that the user may not read is no text.
        return [company?.name, teams[teamId], users[userId]].filter((name) => typeof name === "string");
    }
}
