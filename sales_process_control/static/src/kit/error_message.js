import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";

const SESSION_EXPIRED = "odoo.http.SessionExpiredException";

/** Return whether the user has to log in again: until then each call fails. */
export function isSessionExpired(error) {
    return error.exceptionName === SESSION_EXPIRED;
}

/** Hand an expired session to Odoo, whose dialog lets the user log in again. To be called where a failure is only shown. */
export function reportExpiredSession(error) {
    if (isSessionExpired(error)) {
        Promise.reject(error);
    }
}

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
