/**
 * What the page knows about the age of its blocks: of which state of the records each block was read, and when it was
 * last known to be current. A block that was read after a state is at least as new as that state.
 */
export class ShownState {
    constructor() {
        this.clear();
    }

    clear() {
        /** The last state of the records that the server has sent: texts by the name of the block. */
        this.latest = {};
        /** The state of which each block was read. */
        this.seen = {};
        /** When each block was read or found to be current, as the server sends it. */
        this.readAt = {};
    }

    /** Note that a block was read in a call at some time, after the server had sent a state. */
    noteRead(name, state, readAt) {
        this.seen[name] = state[name];
        this.readAt[name] = readAt;
    }

    /** Note that the records were in some state at some time, and return whether a block shows that state. */
    check(name, state, readAt) {
        const isCurrent = state[name] !== undefined && this.seen[name] === state[name];
        if (isCurrent) {
            this.readAt[name] = readAt;
        }
        return isCurrent;
    }

    /** When the oldest of some blocks was current; false if none is known. */
    oldest(names) {
        return (
            names
                .map((name) => this.readAt[name])
                .filter(Boolean)
                .sort()[0] || false
        );
    }
}
