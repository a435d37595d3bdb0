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
            content: "It is stopped, and the message names what is open",
            trigger: ".o_error_dialog:contains(Call the tour):contains(Tour Contact)",
        },
        {
            content: "The card is back where it was",
            trigger: `.o_kanban_group:contains(Tour Contact) ${CARD}`,
        },
    ];
}

/** A seller drags a card that is stopped, and tries the same on the form. */
registry.category("web_tour.tours").add("sales_process_control_stopped_drag", {
    url: "/odoo",
    steps: () => [
        ...dragTheCard(),
        {
            content: "The way out is to record what was done",
            trigger: ".o_error_dialog .modal-footer button:contains(Record Progress)",
            run: "click",
        },
        {
            content: "The dialog shows what is open",
            trigger: ".modal .o_form_view:contains(Call the tour)",
        },
        {
            content: "Close it",
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
            content: "It is stopped here too",
            trigger: ".o_error_dialog:contains(Call the tour)",
        },
        {
            content: "Close the message",
            trigger: ".o_error_dialog .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            content: "The form shows the stage that the deal is in",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Tour Contact)",
        },
        {
            content: "and has nothing to save",
            trigger: ".o_form_view:has(.o_form_status_indicator_buttons.invisible)",
        },
        {
            content: "Type something, and choose the next stage once more",
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
            content: "The stage is the old one",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Tour Contact)",
        },
        {
            content: "and what was typed is still there, and can be saved",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_view:has(.o_form_status_indicator_buttons.invisible)",
        },
    ],
});

/** A sales manager drags it, and moves it anyway with a reason. */
registry.category("web_tour.tours").add("sales_process_control_pass", {
    url: "/odoo",
    steps: () => [
        ...dragTheCard(),
        {
            content: "Move it anyway",
            trigger: ".o_error_dialog .modal-footer button:contains(Move Anyway)",
            run: "click",
        },
        {
            content: "The dialog shows what is open",
            trigger: ".modal .o_form_view .o_field_widget[name='open_steps']:contains(Call the tour)",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name='reason'] textarea",
            run: "edit Signs without a call",
        },
        {
            content: "Move it",
            trigger: ".modal footer button[name='action_move']",
            run: "click",
        },
        {
            content: "The card is in the next stage, without loading the page",
            trigger: `.o_kanban_group:contains(Tour Bidding) ${CARD}`,
        },
        {
            content: "The dialog is closed",
            trigger: "body:not(:has(.modal))",
        },
    ],
});
