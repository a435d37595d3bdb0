import { GraphModel } from "@web/views/graph/graph_model";

/** Measures in calendar days, as limits and medians are. */
const IN_DAYS = ["days", "days_in_all"];

/** Data of the graph of dwell times. If it is grouped by stage first, each label has the typical dwell and the limit. */
export class DwellGraphModel extends GraphModel {
    /** @override */
    async _loadDataPoints(metaData) {
        const isByStage = metaData.groupBy[0]?.fieldName === "stage_id" && !this.orm.isSample;
        const [answer, stages] = await Promise.all([
            super._loadDataPoints(metaData),
            isByStage ? this.orm.call(metaData.resModel, "read_stage_dwell", [metaData.domain]) : [],
        ]);
        const byStage = new Map(stages.map((stage) => [stage.stage_id, stage]));
        for (const point of answer[0]) {
            const [{ stage_id: stage } = {}] = JSON.parse(point.identifier);
            point.stageDwell = byStage.get(stage ? stage[0] : false);
        }
        return answer;
    }

    /** @override */
    _getData(dataPoints, forceUseAllDataPoints) {
        const data = super._getData(dataPoints, forceUseAllDataPoints);
        // In bars, labels are the first groups; in other pictures they are combinations of groups, or shifted.
        data.stageDwells = [];
        if (this.metaData.mode === "bar") {
            for (const { labelIndex, stageDwell } of dataPoints) {
                data.stageDwells[labelIndex] = stageDwell;
            }
        }
        return data;
    }

    /** Whether limits and medians are in the unit of the bars. */
    get isInDays() {
        return IN_DAYS.includes(this.metaData.measure);
    }
}
