import { router } from "@web/core/browser/router";
import { registry } from "@web/core/registry";
import { RPCError } from "@web/core/network/rpc";

const ALL_REPORTS = "sales_process_control.crm_weekly_report_action";

/**
 * Client action of the links in a weekly report: opens the records behind a number. The address names the report and the
 * number; the server returns the records to the reader of the report alone.
 *
 * @returns {Promise<Object|string>} the next action
 */
async function openLine(env) {
    const { weekly_report: reportId, line } = router.current;
    try {
        return await env.services.orm.call("crm.weekly.report", "open_line", [reportId, String(line)]);
    } catch (error) {
        if (!(error instanceof RPCError)) {
            throw error;
        }
        env.services.notification.add(error.data.message, { type: "danger", sticky: true });
        return ALL_REPORTS;
    }
}

registry.category("actions").add("sales_process_control.weekly_line", openLine);
