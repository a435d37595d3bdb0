import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

export const SELLER_TOUR = "sales_process_control_seller";
export const MANAGER_TOUR = "sales_process_control_manager";

/** Guided tours by name, as the server names them. `isForDesktop`: the tour uses menus that a phone hides. */
export const SALES_TOURS = {
    [SELLER_TOUR]: { label: _t("Guided tour: your day") },
    [MANAGER_TOUR]: { label: _t("Guided tour: your team"), isForDesktop: true },
};

/**
 * Return a function that starts a guided tour, which begins on the workbench.
 *
 * @returns {(name: string) => Promise}
 */
export function useSalesTours() {
    const orm = useService("orm");
    const tours = useService("tour_service");
    return async (name) => {
        const rainbowManMessage = await orm.call("res.users", "start_sales_tour", [name]);
        await tours.startTour(name, { mode: "manual", redirect: false, rainbowManMessage });
    };
}
