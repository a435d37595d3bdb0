import { _t } from "@web/core/l10n/translation";
import { deepEqual } from "@web/core/utils/objects";
import { SearchModel } from "@web/search/search_model";

/** Odoo's own search, which begins with what a link asks for. */
export class FunnelSearchModel extends SearchModel {
    setup(services, { address }) {
        super.setup(services);
        this.address = address;
        /** Why something of the link has been left out. */
        this.problem = "";
    }

    async load(config) {
        await super.load(config);
        const { domain } = this.address;
        if (domain === undefined || deepEqual(domain, this.domain)) {
            return;
        }
        this.blockNotification = true;
        this.clearQuery();
        if (domain?.length) {
            await this.splitAndAddDomain(domain).catch(() => {
                this.problem = _t("The filters of the address could not be read, and were left out.");
            });
        } else if (!domain) {
            this.problem = _t("The filters of the address could not be read, and were left out.");
        }
        this.blockNotification = false;
        this._reset();
    }

    /** What is looked for, in words. */
    get words() {
        return this.facets.map(({ title, values, separator }) =>
            [title, values.join(` ${separator} `)].filter(Boolean).join(": ")
        );
    }
}
