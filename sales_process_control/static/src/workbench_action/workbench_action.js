import { Component, xml } from "@odoo/owl";
import { LazyComponent } from "@web/core/assets";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** The way to the workbench, which is loaded when it is opened for the first time. */
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

registry.category("actions").add("sales_process_control.workbench", WorkbenchAction);
