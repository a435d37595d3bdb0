import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const CARD = ".o_kanban_record:contains(Deal of the tour)";

function dragTheCard() {
    return [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open CRM",
            trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
            run: "click",
        },
        {
            content: "Drag the card to the next stage",
            trigger: `.o_kanban_group:contains(Tour Contact) ${CARD}`,
            run: "drag_and_drop(.o_kanban_group:contains(Tour Bidding))",
        },
        {
            content: "The move is blocked, and the message names the open step",
            trigger: ".o_error_dialog:contains(Call the tour):contains(Tour Contact)",
        },
        {
            content: "The card is back in its stage",
            trigger: `.o_kanban_group:contains(Tour Contact) ${CARD}`,
        },
    ];
}

/** The stage gate blocks a salesperson's move in the kanban view and on the form. */
registry.category("web_tour.tours").add("sales_process_control_stopped_drag", {
    url: "/odoo",
    steps: () => [
        ...dragTheCard(),
        {
            content: "Record progress from the message",
            trigger: ".o_error_dialog .modal-footer button:contains(Record Progress)",
            run: "click",
        },
        {
            content: "The dialog shows the open step",
            trigger: ".modal .o_form_view:contains(Call the tour)",
        },
        {
            content: "Close the dialog",
            trigger: ".modal .modal-header .btn-close",
            run: "click",
        },
        {
            content: "Open the deal",
            trigger: `.o_kanban_group:contains(Tour Contact) ${CARD}`,
            run: "click",
        },
        {
            content: "Choose the next stage",
            trigger: ".o_statusbar_status button:contains(Tour Bidding)",
            run: "click",
        },
        {
            content: "The move is blocked here as well",
            trigger: ".o_error_dialog:contains(Call the tour)",
        },
        {
            content: "Close the message",
            trigger: ".o_error_dialog .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            content: "The form shows the deal's stage",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Tour Contact)",
        },
        {
            content: "The form has nothing to save",
            trigger: ".o_form_view:has(.o_form_status_indicator_buttons.invisible)",
        },
        {
            content: "Rename the deal, and choose the next stage again",
            trigger: ".o_field_widget[name='name'] textarea",
            run: "edit Deal of the tour, renamed",
        },
        {
            trigger: ".o_statusbar_status button:contains(Tour Bidding)",
            run: "click",
        },
        {
            content: "Close the message",
            trigger: ".o_error_dialog .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            content: "The form shows the deal's stage",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Tour Contact)",
        },
        {
            content: "The new name can be saved",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_view:has(.o_form_status_indicator_buttons.invisible)",
        },
    ],
});

/** A sales manager overrides the stage gate with a reason. */
registry.category("web_tour.tours").add("sales_process_control_pass", {
    url: "/odoo",
    steps: () => [
        ...dragTheCard(),
        {
            content: "The first way is to record what was done",
            trigger: ".o_stage_stop .modal-footer button.btn-primary:first-child:contains(Record Progress)",
        },
        {
            content: "Move it anyway",
            trigger: ".o_error_dialog .modal-footer button:contains(Move Anyway)",
            run: "click",
        },
        {
            content: "The dialog shows the open step",
            trigger: ".modal .o_form_view .o_field_widget[name='open_steps']:contains(Call the tour)",
        },
        {
            content: "Enter the reason",
            trigger: ".modal .o_field_widget[name='reason'] textarea",
            run: "edit Signs without a call",
        },
        {
            content: "Move the deal",
            trigger: ".modal footer button[name='action_move']",
            run: "click",
        },
        {
            content: "The card is in the next stage without a reload of the page",
            trigger: `.o_kanban_group:contains(Tour Bidding) ${CARD}`,
        },
        {
            content: "The dialog is closed",
            trigger: "body:not(:has(.modal))",
        },
    ],
});
