"""Builds the site: `site/<version>/` with the pages of this version, and a list of all versions for its selector.

`python -m tools.site` keeps the folders of other versions, so publish all of `site/`. The newest version is at the
address of the site itself. Set SITE_REPOSITORY to the address of the repository for its link and for edit links.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from packaging.version import InvalidVersion, Version

from components import __version__

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "site"
_REDIRECT = """\
<!doctype html>
<meta charset="utf-8">
<title>scheduled-tasks</title>
<meta http-equiv="refresh" content="0; url={newest}/">
<a href="{newest}/">Documentation of version {newest}</a>
"""


def build(folder: Path = FOLDER, version: str = __version__) -> None:
    """Build the pages of a version, and the list of versions.

    Args:
        folder: The folder of the site, which can contain other versions.
        version: The name of the new version's folder.

    Raises:
        subprocess.CalledProcessError: mkdocs found an error or a warning.
    """
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder / version)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=True)
    names = versions(folder)
    listed = [{"version": name, "title": name, "aliases": ["latest"] if name == names[0] else []} for name in names]
    (folder / "versions.json").write_text(json.dumps(listed, indent=2) + "\n")
    (folder / "index.html").write_text(_REDIRECT.format(newest=names[0]))


def versions(folder: Path) -> list[str]:
    """Return the versions that a folder contains, the newest first."""
    return sorted((each.name for each in folder.iterdir() if _is_version(each)), key=Version, reverse=True)


def _is_version(folder: Path) -> bool:
    try:
        Version(folder.name)
    except InvalidVersion:
        return False
    return (folder / "index.html").is_file()


if __name__ == "__main__":
    build()
