"""A command whose requirements are not met ends with exit code 2 and one line that says what to do."""

import ast
import os
import socket

import places
import pytest
from sandbox_copy import SandboxCopy, path_with


@pytest.fixture
def checkout(tmp_path):
    return SandboxCopy(tmp_path / "checkout")


def assert_refused(result, *texts):
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("sandbox: ")
    for text in texts:
        assert text in lines[0]


@pytest.mark.parametrize("command", ["run", "test", "lint", "odoo", "psql"])
def test_python_too_old(checkout, command):
    result = checkout.run(command, prelude="sys.version_info = (3, 9, 18, 'final', 0)")
    assert_refused(result, "3.9", "Python 3.10 or newer")
    assert not checkout.made()


def test_entry_is_readable_by_an_old_python():
    ast.parse((places.ROOT / "sandbox").read_text(), feature_version=(3, 4))


def test_python_too_new(checkout):
    result = checkout.run("odoo", prelude="sys.version_info = (3, 14, 0, 'final', 0)")
    assert_refused(result, "3.14", "python3.13")
    assert not checkout.made()


@pytest.mark.parametrize("command", ["run", "odoo", "psql"])
def test_neither_apt_nor_source(checkout, tmp_path, command):
    result = checkout.run(command, PATH=path_with(tmp_path / "bin"))
    assert_refused(result, "apt", "ODOO_SOURCE=DIR")
    assert not checkout.made()


def test_apt_of_another_distribution(checkout, tmp_path):
    listing = "echo 'http://archive.example.org/ubuntu/|noble|Ubuntu'"
    result = checkout.run("run", PATH=path_with(tmp_path / "bin", apt_get=listing, dpkg="true"))
    assert_refused(result, "Debian", "ODOO_SOURCE=DIR")
    assert not checkout.made()


def test_source_is_no_checkout(checkout, tmp_path):
    result = checkout.run("odoo", ODOO_SOURCE=str(tmp_path))
    assert_refused(result, "ODOO_SOURCE", "no checkout of Odoo")
    assert not checkout.made()


def test_source_is_another_version(checkout, tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (18, 0, 0, FINAL, 0, '')\n")
    result = checkout.run("odoo", ODOO_SOURCE=str(tmp_path))
    assert_refused(result, "18.0", "check out the branch 19.0")
    assert not checkout.made()


def test_no_room_on_disk(checkout):
    usage = "shutil.disk_usage = lambda path: shutil._ntuple_diskusage(10**10, 10**10 - 10**9, 10**9)"
    result = checkout.run("run", prelude=usage)
    assert_refused(result, "0.9 GB are free", "make room for 4 GB")
    assert not checkout.made()


def test_port_taken(checkout):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        result = checkout.run("run", "--port", str(port))
    assert_refused(result, f"port {port}", "--port N")
    assert not checkout.made()


@pytest.mark.parametrize("port", ["-1", "70000"])
def test_port_that_does_not_exist(checkout, port):
    assert_refused(checkout.run("run", f"--port={port}"), f"port {port}")


def test_no_browser_and_not_root(checkout, tmp_path):
    result = checkout.run("test", prelude="os.geteuid = lambda: 1000", PATH=path_with(tmp_path / "bin"))
    assert_refused(result, "browser", "apt install chromium")
    assert not checkout.made()


def test_database_name_that_needs_quoting(checkout):
    assert_refused(checkout.run("run", "--db", "A b"), "`A b`", "lower-case")


def test_external_server_with_the_user_that_odoo_refuses(checkout):
    result = checkout.run("odoo", PGHOST="/nowhere", PGUSER="postgres")
    assert_refused(result, "PGUSER", "CREATEDB")
    assert not checkout.made()


def test_unknown_command(checkout):
    assert_refused(checkout.run("serve"), "`serve`", "./sandbox help")


def test_failing_apt_is_reported_in_one_line(checkout, tmp_path):
    """An error during the set-up ends with one line as well, after those of the progress."""
    listing = 'case "$*" in *indextargets*) echo "http://deb.example.org/debian|stable|Debian";; *) exit 7;; esac'
    path = path_with(tmp_path / "bin", apt_get=listing, dpkg="true")
    prelude = f"sys.path.insert(0, {str(checkout.root / 'sandbox.d')!r})\nimport mirror, commands\n"
    prelude += "sys.modules['working'] = type(sys)('working')\n"
    prelude += "from progress import Progress\n"
    prelude += "sys.modules['working'].run_odoo = lambda arguments: mirror.fetch(['odoo-19'], Progress(1))\n"
    result = checkout.run("odoo", prelude=prelude, PATH=path + os.pathsep + "/usr/bin")
    assert_refused(result, "apt-get failed", "exit code 7", "apt.log")
