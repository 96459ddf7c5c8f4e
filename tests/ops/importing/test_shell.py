"""Command lines of crontabs."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.importing.names import task_name
from ops.importing.shell import command_line, files_of, is_container_output, name_of

LINES = {
    "/bin/report --all": (["/bin/report", "--all"], {}),
    "report > /dev/null 2>&1": (["report"], {"outputs": ["> /dev/null", "2>&1"]}),
    "report >/dev/null": (["report"], {"outputs": [">/dev/null"]}),
    "report &>> /var/log/r": (["report"], {"outputs": ["&>> /var/log/r"]}),
    "report >> /proc/1/fd/1 2>> /proc/1/fd/2": (["report"], {"outputs": [">> /proc/1/fd/1", "2>> /proc/1/fd/2"]}),
    "report 2": (["report", "2"], {}),
    "report > x &": (["report"], {"outputs": ["> x"], "background": True}),
    "report a\\&": (["sh", "-c", "report a\\&"], {}),
    "report 'a > b'": (["report", "a > b"], {}),
    "report | mail x > /dev/null": (["sh", "-c", "report | mail x > /dev/null"], {}),
    "one; two >> log": (["sh", "-c", "one; two >> log"], {}),
    "cd /app && report": (["report"], {"folder": "/app"}),
    'cd "/my app" && report > log': (["report"], {"folder": "/my app", "outputs": ["> log"]}),
    "cd app && report": (["sh", "-c", "cd app && report"], {}),
    "cd ~ && report": (["sh", "-c", "cd ~ && report"], {}),
    "cd /app; report": (["sh", "-c", "cd /app; report"], {}),
    "cd /app && one && two": (["sh", "-c", "one && two"], {"folder": "/app"}),
    "A=1 B='x y' report": (["report"], {"environment": {"A": "1", "B": "x y"}}),
    "A=$HOME report": (["sh", "-c", "A=$HOME report"], {}),
    "flock -n /tmp/lock report": (["report"], {"lock": "-n"}),
    "flock -xn /tmp/lock -c 'report a'": (["report", "a"], {"lock": "-xn"}),
    "flock -w 10 /tmp/lock report": (["report"], {"lock": "-w 10"}),
    "/usr/bin/flock -n /tmp/lock timeout 90m report": (["report"], {"lock": "-n", "timeout": "90m"}),
    "timeout 1h report": (["report"], {"timeout": "1h"}),
    "timeout 30 report": (["timeout", "30", "report"], {}),
    "timeout -k 5 1h report": (["timeout", "-k", "5", "1h", "report"], {}),
    "timeout 1h one && two": (["sh", "-c", "timeout 1h one && two"], {}),
    "report \"it's\"": (["report", "it's"], {}),
    'report "unclosed': (["sh", "-c", 'report "unclosed'], {}),
    "report $(date +%F)": (["sh", "-c", "report $(date +%F)"], {}),
    "report *.csv": (["sh", "-c", "report *.csv"], {}),
    "[ -f /x ] && report": (["sh", "-c", "[ -f /x ] && report"], {}),
}  # fmt: skip


WRITTEN = {
    "source /env && run &>> /var/log/run": ["/var/log/run"],
    "su app -c 'run >> \"/var/log/my run\" 2>&1'": ["/var/log/my run"],
    "one > /dev/null; two 2> /proc/1/fd/2": [],
    "a <b 1>x.log >>y": ["x.log", "y"],
    "awk 'a => b' -> c": [],
}


@pytest.mark.parametrize("command", WRITTEN)
def test_files_that_a_command_writes(command: str):
    assert files_of(command) == WRITTEN[command]


@pytest.mark.parametrize("line", LINES)
def test_parts_of_a_command_line_have_keys(line: str):
    words, parts = LINES[line]
    found = command_line(line)
    assert found.words("sh") == words
    given = {"folder": "", "environment": {}, "timeout": "", "lock": None, "outputs": [], "background": False} | parts
    assert {name: getattr(found, name) for name in given} == given


def test_at_most_nine_redirections_are_taken_off():
    """Nobody writes more, and each is searched in the whole line."""
    found = command_line("report" + " > a" * 12)
    assert (found.rest, found.outputs) == ("report > a > a > a", ["> a"] * 9)


@given(st.lists(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1), min_size=1, max_size=4))
def test_quoted_words_stay_as_they_are(words: list[str]):
    found = command_line("report " + shlex.join(words))
    if not found.needs_shell and not found.outputs:
        assert found.words("sh") == ["report", *words]


@pytest.mark.parametrize(
    "text", ["> /dev/null", "2>&1", ">> /proc/1/fd/1", "2>/proc/self/fd/2", "&> /dev/stdout", ">&2"]
)
def test_output_that_the_container_logs(text: str):
    assert is_container_output(text)


@pytest.mark.parametrize("text", ["> /var/log/x", ">>log", "> /dev/nullify"])
def test_output_to_a_file(text: str):
    assert not is_container_output(text)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("/usr/bin/python3 /app/jobs/send_mail.py --all", "send_mail"),
        ("php artisan orders:sync", "artisan-orders-sync"),
        ("curl -s https://example.com/cron", "cron"),
        ("/usr/local/bin/report.sh", "report"),
        ("rake db:prune", "db-prune"),
        ("~/bin/report.sh", "report"),
        ("/bin/bash /home/$USER/report.sh", "report"),
        ("x__y", "x_y"),
        ("-", "task"),
    ],
)
def test_a_task_is_named_after_its_program(line: str, name: str):
    assert task_name(name_of(line), set()) == name


def test_equal_names_get_numbers():
    assert task_name("report", {"report", "report-2"}) == "report-3"
    assert task_name("defaults", set()) == "defaults-1"
    assert task_name("…", set()) == "task-1"
    assert len(task_name("x" * 300, set())) <= 100
