import { SearchModel } from "@web/search/search_model";

/** Deals that are left when the facet of a number is removed. */
const OPPORTUNITIES = [["type", "=", "opportunity"]];

/**
 * Search of a list of deals that was opened from a number of a screen: the domain of the number is a facet of the search
 * bar, with the name of the number. The facet can be removed, and favorites keep it.
 *
 * The key `opened_number` of the context is the name of the number. In views without this search the number is the domain
 * of the action, which stays.
 */
export class NumberSearchModel extends SearchModel {
    /** @override */
    load(config) {
        const { opened_number: name, ...context } = config.context || {};
        if (!name) {
            return super.load(config);
        }
        const facet = { description: name, domain: config.domain };
        return super.load({ ...config, context, domain: OPPORTUNITIES, dynamicFilters: [facet] });
    }

    /** @override */
    reload(config = {}) {
        const { opened_number: name, ...context } = config.context || {};
        return super.reload(name ? { ...config, context, domain: OPPORTUNITIES } : config);
    }
}
