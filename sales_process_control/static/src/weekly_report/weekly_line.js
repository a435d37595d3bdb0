import { router } from "@web/core/browser/router";
import { registry } from "@web/core/registry";
import { RPCError } from "@web/core/network/rpc";

/**
 * Return the client action of the links in a report: it opens the records behind a number. The address names the report
 * and the number; the server returns the records that the user may see.
 *
 * @param {string} model model of the report
 * @param {string} parameter of the address, with the id of the report
 * @param {string} otherwise action that is opened if there are no such records
 * @returns {Function} the client action
 */
function lineAction(model, parameter, otherwise) {
    return async function openLine(env) {
        const { [parameter]: reportId, line } = router.current;
        try {
            return await env.services.orm.call(model, "open_line", [reportId, String(line)]);
        } catch (error) {
            if (!(error instanceof RPCError)) {
                throw error;
            }
            env.services.notification.add(error.data.message, { type: "danger", sticky: true });
            return otherwise;
        }
    };
}

/**
 * Client action of the links in Odoo's digest: opens the records behind a figure.
 *
 * @returns {Promise<Object|string>} the next action
 */
async function openKpi(env) {
    const { kpi, company, day } = router.current;
    try {
        return await env.services.orm.call("digest.digest", "open_kpi", [kpi, company, day]);
    } catch (error) {
        if (!(error instanceof RPCError)) {
            throw error;
        }
        env.services.notification.add(error.data.message, { type: "danger", sticky: true });
        return "sales_process_control.crm_workbench_action";
    }
}

registry
    .category("actions")
    .add(
        "sales_process_control.weekly_line",
        lineAction("crm.weekly.report", "weekly_report", "sales_process_control.crm_weekly_report_action")
    )
    .add(
        "sales_process_control.digest_line",
        lineAction("crm.report.delivery", "digest", "sales_process_control.crm_workbench_action")
    )
    .add("sales_process_control.digest_kpi", openKpi);
