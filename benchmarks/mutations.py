"""Put faults into the code, one at a time, and record which of them the tests find.

    python3 benchmarks/mutations.py [--scratch DIR] [--only WORD] [--whole] [--record FILE] [--check]

The faults are those of `mutation_holes.py`, `mutation_faults.py`, `mutation_pure_faults.py` and `mutation_table.py`.
Each is put into a copy of this checkout, with a sandbox of its own. First the tests that should find it run. With
`--whole` a fault that they do not find has to pass all tests. Prints one line a fault, and the faults that survive at
the end. `--record` appends each line to a file; faults that it names already are left out, so that an interrupted run
can be continued.

A fault in Python code cannot change what is stored at installation, except by tests that install the module themselves.
The template database of the unchanged code serves for all these faults, which saves an installation each.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mutation_faults import new_faults
from mutation_holes import ATTACKED, HOLES
from mutation_table import FORMER_SURVIVORS, MODULE

ROOT = Path(__file__).resolve().parent.parent
#: In the order in which they run.
MUTATIONS = (*HOLES, *new_faults(), *FORMER_SURVIVORS, *ATTACKED)
#: Exit code of pytest.
PASSED = 0
#: Renames the template database with the module. The arguments are two names: a name without one is that of the present
#: sources. A database that has the second name is dropped.
RENAME_TEMPLATE = """
import sys
sys.path.insert(0, "sandbox.d")
import databases, postgres, steps
old, new = sys.argv[1:]
stamp = steps.key_of(databases.crm_key(), databases.module_key())
present = f"{databases.MODULE_TEMPLATE}_{stamp[:12]}"
old, new = old or present, new or present
with postgres.in_use(leave_running=True):
    if old != new:
        databases.rename(old, new)
        databases.log_of(old).rename(databases.log_of(new))
    databases.set_stamp(new, stamp)
print(old, new)
"""
#: Name of the template of the unchanged code while another one is in use.
KEPT = "kept_template"


class Scratch:
    """A copy of this checkout in which faults are put.

    :param Path root: its directory; what a run before has set up there is used again
    :param through: command that runs the tests, for example one that waits for a processor
    """

    def __init__(self, root, through):
        self.root = root
        self._through = through
        self.root.mkdir(parents=True, exist_ok=True)
        self._copy()

    def _copy(self):
        """Bring all files of the copy in line with this checkout, and delete those that it lacks."""
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        names = {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}
        for path in self.root.rglob("*"):
            name = str(path.relative_to(self.root))
            if path.is_file() and not name.startswith(".sandbox/") and name not in names:
                path.unlink()
        for name in names:
            source, target = ROOT / name, self.root / name
            if not target.exists() or target.read_bytes() != source.read_bytes():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())
                target.chmod(source.stat().st_mode)

    def _run(self, *command):
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)

    def _rename_template(self, old, new):
        """Rename the template database, see :data:`RENAME_TEMPLATE`.

        :return: both names
        """
        result = self._run(sys.executable, "-c", RENAME_TEMPLATE, old, new)
        if result.returncode:
            raise RuntimeError(result.stderr[-2000:])
        return result.stdout.split()

    def test(self, tests):
        """Run tests until one fails.

        :param tests: arguments of pytest; none for all tests
        :return: name of the test that failed first, or None
        :raise RuntimeError: if the tests could not run
        """
        result = self._run(*self._through, "./sandbox", "test", "-x", "-q", *tests)
        if result.returncode == PASSED:
            return None
        for line in result.stdout.splitlines():
            if line.startswith(("FAILED ", "ERROR ")):
                return line.split(" - ")[0].split(" ", 1)[1]
        raise RuntimeError((result.stdout + result.stderr)[-2000:])

    def find(self, mutation, *, whole):
        """Put a fault into the copy, run the tests, and take the fault back.

        :return: name of the test that found it, or None
        """
        path = self.root / MODULE / mutation.path
        text = path.read_text(encoding="utf-8")
        clean, name = self._rename_template("", KEPT)
        path.write_text(mutated(text, mutation), encoding="utf-8")
        try:
            # A fault in another file than Python may change what is installed.
            if mutation.path.endswith(".py"):
                _kept, name = self._rename_template(KEPT, "")
            found = self.test(paths_of(mutation))
            return self.test([]) if whole and not found else found
        finally:
            path.write_text(text, encoding="utf-8")
            self._rename_template(name, clean)


def paths_of(mutation):
    """Return the paths of the tests that should find a fault."""
    return [name if "/" in name else f"{MODULE}/tests/{name}.py" for name in mutation.tests]


def mutated(text, mutation):
    """Return a source text with a fault.

    :raise ValueError: if the text to replace is not there exactly once
    """
    if text.count(mutation.old) != 1:
        raise ValueError(f"{mutation.name}: {mutation.path} has it {text.count(mutation.old)} times: {mutation.old}")
    return text.replace(mutation.old, mutation.new)


def check_table():
    """Check that each fault has a name of its own, and can be put into the code.

    :raise ValueError: if one does not
    """
    names = [mutation.name for mutation in MUTATIONS]
    if len(names) != len(set(names)):
        raise ValueError("Two mutations have the same name.")
    for mutation in MUTATIONS:
        mutated((ROOT / MODULE / mutation.path).read_text(encoding="utf-8"), mutation)


def main():
    """Run the faults that are asked for.

    :return: the exit code, 1 if a fault survives
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scratch", type=Path, help="directory of the copy, by default a new one in /tmp")
    parser.add_argument("--through", nargs="*", default=[], help="command that runs the tests, for example nice")
    parser.add_argument("--only", nargs="*", default=[""], help="parts of names of faults")
    parser.add_argument("--whole", action="store_true", help="run all tests for a fault that its tests do not find")
    parser.add_argument("--record", type=Path, help="file to append the results to")
    parser.add_argument("--check", action="store_true", help="only check that all faults can be put into the code")
    arguments = parser.parse_args()
    check_table()
    if arguments.check:
        print(f"{len(MUTATIONS)} mutations")
        return 0
    known = arguments.record.read_text(encoding="utf-8") if arguments.record and arguments.record.exists() else ""
    chosen = [
        mutation
        for mutation in MUTATIONS
        if any(word in mutation.name for word in arguments.only) and f"{mutation.name}\t" not in known
    ]
    scratch = Scratch(arguments.scratch or Path(tempfile.mkdtemp(prefix="mutations-")), arguments.through)
    if failed := scratch.test(sorted({path for mutation in chosen for path in paths_of(mutation)})):
        print(f"Without a fault {failed} fails.")
        return 2
    survivors = []
    for mutation in chosen:
        started = time.monotonic()
        found = scratch.find(mutation, whole=arguments.whole)
        survivors += [] if found else [mutation.name]
        line = f"{mutation.name}\t{f'found by {found}' if found else 'SURVIVED'}\t{time.monotonic() - started:.0f} s"
        print(line, flush=True)
        if arguments.record:
            with arguments.record.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
    print(f"{len(chosen)} faults, {len(chosen) - len(survivors)} found, {len(survivors)} survived: {survivors}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
