import { _t } from "@web/core/l10n/translation";

/*
 * Joins texts as the language of the user does, for example with "、" between names in Chinese.
 */

/**
 * Return names joined to "Call, Visit".
 *
 * @param {string[]} names
 */
export function joinedNames(names) {
    return names.reduce((joined, name) => (joined ? _t("%(names)s, %(name)s", { names: joined, name }) : name), "");
}

/**
 * Return parts of a sentence joined to "12 due, 3 won".
 *
 * @param {string[]} phrases empty ones are left out
 */
export function joinedPhrases(phrases) {
    return phrases
        .filter(Boolean)
        .reduce((joined, phrase) => (joined ? _t("%(facts)s, %(fact)s", { facts: joined, fact: phrase }) : phrase), "");
}

/**
 * Return parts that have commas of their own joined to "Offer: Call, Visit; Order: Call".
 *
 * @param {string[]} parts
 */
export function joinedParts(parts) {
    return parts.reduce((joined, part) => (joined ? _t("%(parts)s; %(part)s", { parts: joined, part }) : part), "");
}

/**
 * Return sentences joined: "Two deals were won. The target is reached."; in Chinese, without a space.
 *
 * @param {string[]} sentences each with its full stop
 */
export function joinedSentences(sentences) {
    return sentences.reduce(
        (joined, sentence) => (joined ? _t("%(before)s %(sentence)s", { before: joined, sentence }) : sentence),
        ""
    );
}

/**
 * Return a text after its label: "Won: 3"; the label alone, with its colon, without a text.
 *
 * @param {string} label
 * @param {string} [text]
 */
export function labelled(label, text = "") {
    return _t("%(label)s: %(records)s", { label, records: text });
}
