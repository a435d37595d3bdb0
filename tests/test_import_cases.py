"""Files of other programs through the dialog and the command line: both give the deals that the files describe."""

import base64
import json
from collections import Counter

import importing
import places
import pytest
from scratch import going_back

CASE_FILES = places.ROOT / "../shared/cases/import"
#: {file: [(number of visits that ended, status, expected revenue), ...] of its deals}
CASES = {
    "chinese-gb18030": [(2, "won", 110000), (1, "lost", 35000)],
    "dataloader-exponent": [(0, "pending", 12_500_000)],
    "hubspot-wide": [(2, "won", 12500), (1, "pending", 8000), (1, "lost", 3100.5)],
    "pipedrive-deals": [(0, "pending", 1250), (1, "won", 900.5), (1, "lost", 400)],
    "salesforce-deleted": [(0, "pending", 700)],
    "salesforce-order-of-ids": [(1, "pending", 1200)],
    "salesforce-utc-night-of-summertime": [(1, "pending", 100)],
    "salesforce-weekly-export-headings": [(1, "won", 1200)],
    "sep-line": [(0, "pending", 0)],
    "two-deals-of-one-name": [(1, "pending", 900)],
    "two-moves-on-one-day": [(2, "pending", 0)],
    "won-lost-as-stage": [(1, "won", 100), (1, "lost", 0)],
    "zoho-stage-history": [(2, "won", 0)],
}

#: Written anew: a column a stage; days that could be either, under unknown headings, with an end in an unknown word.
SMALL = {
    "wide": (
        (
            b'Record ID,Deal Name,Amount,"Date entered ""First step (P)""","Date entered ""Closed won (P)""",Score\n'
            b"1,Gate,50,2026-01-05 10:00,2026-01-08 10:00,3\n2,Door,60,2026-01-06 10:00,,4\n"
        ),
        [],
        [(1, "won", 50), (0, "pending", 60)],
    ),
    "unknown": (
        b"Ref;Wohin;Wann;Wert\nA;First step;03/04/2026;1.250\nA;Finished;05/04/2026;1.250\n",
        [
            *("--column", "Ref=deal", "--column", "Wohin=stage", "--column", "Wann=at", "--column", "Wert=amount"),
            *("--date-order", "DMY", "--decimal", ",", "--end", "Finished=won"),
        ],
        [(1, "won", 1250)],
    ),
}

HEADER = "deal,stage,at\n"
BAD_FILES = {
    "": "The file is empty",
    HEADER: "no events",
    "deal,stage,weather\nd1,A,rain\n": (
        "Column Time of the event: This column is missing. Choose a column of the file. (--column HEADING=at)"
    ),
    HEADER + "d1,A,yesterday\n": "Line 2, column at: “yesterday” is not a date",
    HEADER + "d1,A,2999-01-10\n": "Line 2, column at: “2999-01-10” is in the future",
    HEADER + "d1,A,01/02/2024\n": "Column at: “01/02/2024”: does the day, the month or the year come first?",
    HEADER + "d1,A,2024-01-10\nd1,Closed,2024-01-11\n": "Line 3, column stage: Does “Closed” stand for a stage",
}


@pytest.fixture
def env(env):
    """The environment with a rate for the currencies of the files."""
    for currency in env["res.currency"].with_context(active_test=False).search([("name", "in", ("EUR", "USD"))]):
        env["res.currency.rate"].search([("currency_id", "=", currency.id)]).unlink()
        env["res.currency.rate"].create({"currency_id": currency.id, "name": "2020-01-01", "rate": 1})
    return env


@pytest.fixture
def command(env, monkeypatch):
    """A function that runs the command's part in the database, and returns its exit code."""
    import importing_in_odoo

    # The command commits each chunk.
    monkeypatch.setattr(env.cr, "commit", env.cr.flush)

    def run(path, *arguments):
        options = importing.parse([str(path), *arguments])
        return importing_in_odoo.main(env, str(path), "", json.dumps(importing.chosen(options)))

    return run


def deals(env):
    """Return (visits that ended, status, amount) of each deal of the last import."""
    leads = env["crm.imported.history"].search([], limit=1).lead_ids.sorted("id")
    visits = env["crm.stage.visit"].search([("lead_ref", "in", leads.ids), ("outcome", "not in", ("open", "skipped"))])
    ended = Counter(visits.mapped("lead_ref"))
    return [(ended[lead.id], lead.won_status, lead.expected_revenue) for lead in leads]


def by_dialog(env, content, name):
    """Import a file as a person does who confirms what is proposed; return the counts of the preview."""
    wizard = env["crm.stage.history.import"].create({"file": base64.b64encode(content), "filename": name})
    wizard.action_look()
    assert wizard.state == "columns"
    wizard.action_preview()
    assert (wizard.state, wizard.fault_ids.mapped("reason")) == ("preview", [])
    counts = {"won": wizard.won_count, "lost": wizard.lost_count, "pending": wizard.open_count}
    wizard.action_confirm_start()
    while wizard.state == "running":
        wizard.import_next_chunk()
    return +Counter(counts)


@pytest.fixture
def case_files():
    """The files of CASES by their names."""
    if not CASE_FILES.is_dir():
        pytest.xfail(f"{CASE_FILES} is absent: it is looked for beside the checkout")
    found = {path.stem: path for path in CASE_FILES.iterdir()}
    assert set(found) == set(CASES)
    return found


def test_each_case_by_the_importer(env, case_files):
    for name, path in case_files.items():
        with going_back(env):
            env["crm.history.importer"].import_history(path.read_bytes())
            assert (name, deals(env)) == (name, CASES[name])


def test_each_case_through_dialog_and_command_line(env, command, case_files):
    for name, path in case_files.items():
        with going_back(env):
            counts = by_dialog(env, path.read_bytes(), path.name)
            assert (name, deals(env)) == (name, CASES[name])
            assert counts == Counter(status for _ended, status, _amount in CASES[name])
        with going_back(env):
            assert (name, command(path)) == (name, 0)
            assert (name, deals(env)) == (name, CASES[name])


@pytest.mark.parametrize("name", SMALL)
def test_small_files_by_the_command_line(env, command, tmp_path, capsys, name):
    content, arguments, expected = SMALL[name]
    path = tmp_path / "small.csv"
    path.write_bytes(content)
    assert command(path, *arguments, "--look") == 0
    look = capsys.readouterr().out
    assert "First step" in look
    assert "1 won" in look
    assert command(path, *arguments) == 0
    assert deals(env) == expected


def test_names_that_are_probably_ends_are_asked_for(env, command, tmp_path, capsys, monkeypatch):
    """In a small file and in a large one, each name once. An option says what it is, or takes all proposals."""
    import importing_in_odoo

    path = tmp_path / "names.csv"
    lines = "".join(f"d{number},Probe,2026-01-05\nd{number},Contract signed,2026-01-06\n" for number in range(3))
    path.write_text(HEADER + lines + "d4,Probe,2026-01-05\nd4,Rejected,2026-01-07\n", encoding="utf-8")
    for is_large in (False, True):
        monkeypatch.setattr(importing_in_odoo, "is_large_file", lambda _path, is_large=is_large: is_large)
        for arguments, told in (
            ([], ["“Contract signed” is probably won, 3 opportunities", '--end "Rejected=lost"', "--take-proposals"]),
            (["--end", "Rejected=stage"], ["“Contract signed”"]),
        ):
            assert command(path, *arguments) == 2
            said = capsys.readouterr().err
            assert all(text in said for text in told), said
            assert ("Rejected" in said, said.count("Contract signed")) == (not arguments, 2)
        for arguments, ends in (
            (["--take-proposals"], ["won"] * 3 + ["lost"]),
            (["--end", "Rejected=lost", "--end", "Contract signed=stage"], ["pending"] * 3 + ["lost"]),
        ):
            with going_back(env):
                assert command(path, *arguments) == 0
                assert sorted(status for _ended, status, _amount in deals(env)) == sorted(ends)


def test_bad_files_are_refused_by_the_command_line(command, tmp_path, capsys):
    path = tmp_path / "bad.csv"
    for text, said in BAD_FILES.items():
        path.write_text(text, encoding="utf-8")
        code = command(path)
        assert (code, said in capsys.readouterr().err) == (2, True), said


def test_a_fault_names_the_option_that_decides_it(command, tmp_path, capsys):
    content, arguments, _expected = SMALL["unknown"]
    path = tmp_path / "unknown.csv"
    path.write_bytes(content)
    columns = arguments[:8]
    for chosen, option in (
        ([], "--column HEADING=stage"),
        (columns, "--date-order DMY"),
        ([*columns, "--date-order", "DMY"], "--decimal ."),
        ([*columns, "--date-order", "DMY", "--decimal", ","], "--end NAME="),
    ):
        assert command(path, *chosen) == 2
        assert option in capsys.readouterr().err
    assert command(path, "--column", "Nowhere=deal") == 2
    assert "the file has no heading Nowhere, but Ref, Wohin" in capsys.readouterr().err


def test_options_of_the_command_are_checked_against_what_the_reader_knows(env):
    from odoo.addons.sales_process_control import history

    assert (importing.ENCODINGS, importing.LAYOUTS, importing.ENDS) == (
        history.ENCODINGS,
        history.LAYOUTS,
        history.ENDS,
    )
    assert set(importing.MEANINGS) == {"ignored", *history.MEANINGS}
    for text in ("Finished", "=won", "Finished=x"):
        with pytest.raises(importing.Problem):
            importing.pair(text, "--end", importing.ENDS)
    assert importing.pair("a=b=won", "--end", importing.ENDS) == ("a=b", "won")
