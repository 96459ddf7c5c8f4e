"""The site, which is built once for all tests."""

from pathlib import Path

import pytest

from tools.site import build

VERSION = "1.2.0"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that has had the version 1.1.0, and now gets 1.2.0."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "1.1.0").mkdir()
    (folder / "1.1.0" / "index.html").touch()
    (folder / "assets").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SITE_REPOSITORY", "https://git.example.com/jobs")
        build(folder, VERSION)
    return folder
