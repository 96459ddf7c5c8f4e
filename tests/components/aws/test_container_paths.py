"""Mount paths that container engines accept.

Source: github.com/moby/moby, volume/mounts/linux_parser.go ("invalid specification: destination can't be '/'", "mount
path must be absolute") and windows_parser.go."""

import pytest

from components.aws.container_paths import mount_path_problem, normalized

LINUX = {
    "/data": "", "/data/": "", "/var/lib/a b": "", "/ä": "",
    "data": "Write it from the root, such as /data.", "./data": "such as /data.", "~/data": "such as /data.",
    "$HOME/data": "such as /HOME/data.", "": "such as /data.", "C:\\data": "is not an absolute path.",
    "/": "is the root of the container", "//": "is the root", "/data/..": "is the root",
    "/data:ro": "Write /data, and make the volume read-only.", "/data:rw": "Write /data.", "/a:b": "contains a colon",
    "/a\n": "control character",
}  # fmt: skip
WINDOWS = {
    "C:\\data": "", "d:/data": "", "/data": "such as C:\\data.", "data": "such as C:\\data.", "C:\\": "is the root",
    "C:\\a:b": "contains a colon",
}  # fmt: skip


@pytest.mark.parametrize(("path", "reason"), LINUX.items(), ids=repr)
def test_mount_path_on_linux(path: str, reason: str):
    found = mount_path_problem(path, windows=False)
    assert bool(found) is bool(reason)
    assert reason in found


@pytest.mark.parametrize(("path", "reason"), WINDOWS.items(), ids=repr)
def test_mount_path_on_windows(path: str, reason: str):
    found = mount_path_problem(path, windows=True)
    assert bool(found) is bool(reason)
    assert reason in found


def test_one_place_has_one_spelling():
    assert normalized("/data/", windows=False) == normalized("//data/./x/..", windows=False) == "/data"
    assert normalized("C:\\Data\\", windows=True) == normalized("c:/data", windows=True)
