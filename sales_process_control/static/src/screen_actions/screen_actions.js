import { Component, xml } from "@odoo/owl";
import { LazyComponent } from "@web/core/assets";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Client action of the workbench. The bundle of the screen is loaded when the action is opened. */
export class WorkbenchAction extends Component {
    static template = xml`
        <LazyComponent
            bundle="'sales_process_control.assets_workbench'"
            Component="'sales_process_control.Workbench'"
            props="props"
        />`;
    static components = { LazyComponent };
    static props = { ...standardActionServiceProps };
}

/** Client action of the sales funnel. The bundle of the screen is loaded when the action is opened. */
export class FunnelAction extends Component {
    static template = xml`
        <LazyComponent
            bundle="'sales_process_control.assets_funnel'"
            Component="'sales_process_control.SalesFunnel'"
            props="props"
        />`;
    static components = { LazyComponent };
    static props = { ...standardActionServiceProps };
}

/** Client action of the process review. The bundle of the screen is loaded when the action is opened. */
export class ReviewAction extends Component {
    static template = xml`
        <LazyComponent
            bundle="'sales_process_control.assets_review'"
            Component="'sales_process_control.ProcessReview'"
            props="props"
        />`;
    static components = { LazyComponent };
    static props = { ...standardActionServiceProps };
}

/** Client action of the forecast. The bundle of the screen is loaded when the action is opened. */
export class ForecastAction extends Component {
    static template = xml`
        <LazyComponent
            bundle="'sales_process_control.assets_forecast'"
            Component="'sales_process_control.Forecast'"
            props="props"
        />`;
    static components = { LazyComponent };
    static props = { ...standardActionServiceProps };
}

/** Call the set-up panel up for the user, and open the workbench, which shows it. */
async function openSetup(env) {
    await env.services.orm.call("crm.workbench.setup", "call_up", []);
    return "sales_process_control.crm_workbench_action";
}

registry
    .category("actions")
    .add("sales_process_control.workbench", WorkbenchAction)
    .add("sales_process_control.setup", openSetup)
    .add("sales_process_control.funnel", FunnelAction)
    .add("sales_process_control.review", ReviewAction)
    .add("sales_process_control.forecast", ForecastAction);
