import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";

/**
 * Return the message of a failed call that is shown to the user.
 *
 * @param {Error} error rejection of the call
 * @returns {string} never empty
 */
export function errorMessage(error) {
    if (error instanceof ConnectionLostError) {
        return _t("The server cannot be reached.");
    }
    return error.data?.message || error.message || _t("The reason is not known.");
}
