"""Which stages and lost reasons opportunities and ledgers refer to. No models."""

#: {model: ((model, field) that may refer to its records, ...)}.
USED_IN = {
    # An opportunity that was created as lost has no visit.
    "crm.stage": (("crm.lead", "stage_id"), ("crm.stage.visit", "stage_id"), ("crm.pipeline.movement", "stage_id")),
    "crm.lost.reason": (("crm.lead", "lost_reason_id"),),
}


def used_records(records):
    """Return those of some stages or lost reasons that opportunities or ledgers of any company refer to.

    :param records: records of a model of :data:`USED_IN`
    """
    used = records.browse()
    for model, field in USED_IN[records._name]:
        # sudo: a record is in use, too, if only opportunities of others use it. Only stages and lost reasons are read.
        found = records.env[model].sudo().with_context(active_test=False)
        rows = found._read_group([(field, "in", records.ids)], [field])
        used |= records.browse(record.id for (record,) in rows)
    return used
