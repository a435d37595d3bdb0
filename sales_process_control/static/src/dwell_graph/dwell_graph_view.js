import { registry } from "@web/core/registry";
import { graphView } from "@web/views/graph/graph_view";
import { DwellGraphModel } from "./dwell_graph_model";
import { DwellGraphRenderer } from "./dwell_graph_renderer";

export const dwellGraphView = { ...graphView, Model: DwellGraphModel, Renderer: DwellGraphRenderer };

registry.category("views").add("crm_stage_dwell_graph", dwellGraphView);
