"""Check the prose of the enforced paths, or of the paths given: `python -m tools.prose [--count] [paths]`."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from tools.prose.check import Finding, Rules, check_file, files, read_rules

ROOT = Path(__file__).parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. Returns the exit code: 1 if there are findings, unless they are only counted."""
    parser = argparse.ArgumentParser(prog="python -m tools.prose", description="Check the prose that people read.")
    parser.add_argument("paths", nargs="*", type=Path, help="Files or folders. Default: what rules.toml enforces.")
    parser.add_argument("--count", action="store_true", help="Count the findings per top-level folder.")
    options = parser.parse_args(arguments)
    rules = read_rules()
    paths: list[Path] = options.paths or [ROOT]
    everything = bool(options.paths) or bool(options.count)
    found = [finding for path in paths for finding in _findings(path.resolve(), rules, everything=everything)]
    lines = _counts(found) if options.count else [str(finding) for finding in found]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if found and not options.count else 0


def _findings(path: Path, rules: Rules, *, everything: bool) -> list[Finding]:
    found = list[Finding]()
    for file in files(path):
        name = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
        enforced = str(name).startswith(rules.enforced) and not str(name).startswith(rules.excluded)
        if everything or enforced:
            found += check_file(file, name)
    return found


def _counts(found: list[Finding]) -> list[str]:
    folders = Counter(finding.path.parts[0] for finding in found)
    return [f"{number:6} {folder}" for folder, number in folders.most_common()]


if __name__ == "__main__":
    sys.exit(main())
