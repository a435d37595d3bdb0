import { Component, xml } from "@odoo/owl";
import { LazyComponent } from "@web/core/assets";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** The way to the sales funnel, which is loaded when it is opened for the first time. */
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

registry.category("actions").add("sales_process_control.funnel", FunnelAction);
