/** Exceptions by which the server refuses what was chosen. */
export const ACCESS_ERROR = "odoo.exceptions.AccessError";
export const USER_ERROR = "odoo.exceptions.UserError";

/**
 * Ask the server; if it refuses a choice, such as a team that is archived by now, ask once more without it. A choice is
 * dropped only if the server answers without it.
 *
 * @param {(dropped: Object|null) => Promise<Object>} ask asks with what was dropped; null for what was chosen
 * @param {(error: Error) => Object|false} findDropped returns what to ask instead of a refused choice; false if the refusal
 *  is not about one
 * @returns {Promise<{answer: Object, dropped: Object|null}>}
 * @throws {Error} the first error, if the server does not answer without the choice either
 */
export async function askOrDrop(ask, findDropped) {
    try {
        return { answer: await ask(null), dropped: null };
    } catch (error) {
        const dropped = findDropped(error);
        if (!dropped) {
            throw error;
        }
        const answer = await ask(dropped).catch(() => {
            throw error;
        });
        return { answer, dropped };
    }
}
