import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";

/**
 * Why a call has failed, in words for the person who waits for it.
 *
 * @param {Error} error what the call was rejected with
 * @returns {string}
 */
export function reasonOf(error) {
    if (error instanceof ConnectionLostError) {
        return _t("The server cannot be reached.");
    }
    return error.data?.message || error.message || _t("Nothing is known about the reason.");
}
