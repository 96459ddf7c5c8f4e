"""crontab files: of users, of the system with a column for the user, and of supercronic. Pure.

Source: crontab(5) of Debian's cron.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from components.aws import patterns
from components.problems import listed
from components.schedules import known_timezone, nearest_timezones

from ..cron_fields import DESCRIPTORS, CronFields, FieldError, parsed
from ..crontab_counts import keys_of
from ..model import Answers, Decision, Draft, Outcome, Reading, Source, SourceError
from ..names import task_name
from ..schedules import interval_minutes, rate, scheduled, seconds_text
from ..shell import CommandLine, command_line, files_of, is_container_output, name_of
from ..times import vixie
from ..times.days import every
from .crontab_lines import Line, columns_of, lines_of, short

COLUMNS = ("none", "user", "seconds")
_SHELLS = {"": "sh", "/bin/sh": "sh", "/usr/bin/sh": "sh"}
_DROPPED = {
    "PATH": "The image has its own PATH. Set `environment` if the commands need this one.",
    "HOME": "The image has its own HOME. Set `environment` if the commands need this one.",
    "LOGNAME": "cron sets it itself.",
    "USER": "cron sets it itself.",
    "MAILFROM": "Failures are reported by SNS: set `notify` in the stack's file.",
    "CONTENT_TYPE": "It describes mail. Failures are reported by SNS: set `notify` in the stack's file.",
    "RANDOM_DELAY": "",
}
_LONGEST_DESCRIPTION = 512


@dataclass(slots=True)
class _Environment:
    """The variables that apply to a line, each with the line that sets it."""

    variables: dict[str, tuple[str, int]]
    timezone: str
    shell: str
    random_delay: str = ""


def read(sources: Sequence[Source], answers: Answers) -> Reading:
    """Make a draft of each line. Raises SourceError."""
    reading = Reading()
    locks: dict[str, list[Draft]] = {}
    for source in sources:
        _File(source, answers, reading, locks).read()
    for name, drafts in locks.items():
        _share_lock(name, drafts)
    return reading


def _share_lock(file: str, drafts: Sequence[Draft]) -> None:
    """Keep the runs of several jobs apart. The key `overlap` is about the runs of one task."""
    for draft in drafts if len(drafts) > 1 else ():
        draft.keys["lock"] = _lock_name(file)
        others = listed([other.name for other in drafts if other is not draft], "and")
        note = f"flock also keeps it apart from {others}. Here, a run waits up to 24 hours for another task."
        draft.decisions.append(Decision(draft.file, draft.line, f"flock {file}", "changed", "lock", note=note, keys=0))


def _lock_name(file: str) -> str:
    """A valid name of a lock, from the file of flock."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", file.rsplit("/", 1)[-1]).strip("-")
    return (name if name[:1].isalpha() else f"lock-{name}")[:64]


class _File:
    """One file."""

    def __init__(self, source: Source, answers: Answers, reading: Reading, locks: dict[str, list[Draft]]):
        self.source, self.answers, self.reading, self.locks = source, answers, reading, locks
        self.environment = _Environment({}, "", "sh")

    def read(self) -> None:
        """Add the drafts and decisions of the file."""
        lines = lines_of(self.source)
        columns = self.answers.columns or columns_of([line for line in lines.found if isinstance(line, Line)])
        self.reading.keys += keys_of(self.source.text, columns)
        for line in lines.found:
            if isinstance(line, Line):
                self._job(line, columns)
            else:
                self._variable(line.number, line.name, line.value)
        if lines.disabled:
            numbers = ", ".join(map(str, lines.disabled))
            self.reading.remarks.append(
                f"{self.source.file}: disabled lines weren't imported: {numbers}. To import one, remove its #."
            )

    def _variable(self, number: int, name: str, value: str) -> None:
        environment, key = self.environment, name
        if name in ("CRON_TZ", "TZ"):
            self._zone(number, name, value)
        elif name == "SHELL":
            environment.shell = _SHELLS.get(value, value)
            self._decide(number, key, "changed", "command", f"Lines that need a shell run in {environment.shell} -c.")
        elif name == "MAILTO" and not value:
            self._decide(number, key, "changed", note="cron sends no mail here. A failed run is reported anyway.")
        elif name == "MAILTO":
            note = (
                f"A task's file has no recipients. Set `notify: {{ emails: [{value}] }}` in the stack's file. Only "
                "failures send a message."
            )
            self._decide(number, key, "not possible", note=note)
        elif name == "BASH_ENV":
            note = f"bash would read {value} before each line. Put its content into the image."
            self._decide(number, key, "not possible", note=note)
        elif name == "RANDOM_DELAY":
            environment.random_delay = value
            self._decide(number, key, "changed", "flexibleWindow", "Scheduler chooses the delay.")
        elif name in _DROPPED:
            self._decide(number, key, "changed", note=_DROPPED[name])
        else:
            environment.variables[name] = (value, number)
            literal = "cron doesn't expand the value, so it stays as it is." if "$" in value or "`" in value else ""
            self._decide(number, key, "taken", f"environment.{name}", literal)

    def _zone(self, number: int, name: str, value: str) -> None:
        zone = value.removeprefix(":")
        if not known_timezone(zone):
            near = f" Did you mean {nearest_timezones(zone)[0]}?" if nearest_timezones(zone) else ""
            raise SourceError(self.source.file, number, f"{name}: {short(value)} isn't an IANA time zone.{near}")
        self.environment.timezone = zone
        self._decide(number, name, "taken", "timezone")

    def _decide(self, number: int, key: str, outcome: Outcome, to: str = "", note: str = "") -> None:
        self.reading.decisions.append(Decision(self.source.file, number, key, outcome, to, note))

    def _job(self, line: Line, columns: str) -> None:
        names = {draft.name for draft in self.reading.drafts}
        draft = Draft("", self.source.file, line.number)
        job = _Job(draft, line, self.answers, self.environment)
        rest = job.without_columns(columns)
        command = job.without_percent(rest)
        found = command_line(command)
        draft.name = task_name(name_of(found.rest), names)
        job.schedule()
        job.command(found)
        if found.lock_file:
            self.locks.setdefault(found.lock_file, []).append(draft)
        self.reading.drafts.append(draft)


class _Job:
    """One line."""

    def __init__(self, draft: Draft, line: Line, answers: Answers, environment: _Environment):
        self.draft, self.line, self.answers, self.environment = draft, line, answers, environment
        self.fields = line.fields
        self.zone = environment.timezone or answers.timezone

    def _add(
        self, key: str, outcome: Outcome, to: str = "", note: str = "", *, blocks: bool = False, keys: int = 1
    ) -> None:
        self.draft.decisions.append(Decision(self.draft.file, self.line.number, key, outcome, to, note, keys, blocks))

    def without_columns(self, columns: str) -> str:
        """Take the column for the user or the seconds."""
        rest = self.line.rest
        if columns == "user":
            user, *after = rest.split(None, 1)
            rest = after[0] if after else ""
            if not rest:
                self._add(
                    "user", "undecided", note="There is no command after the user. Pass --columns none.", blocks=True
                )
            elif re.fullmatch(patterns.USER, user):
                self.draft.keys["user"] = user
                self._add("user", "taken", "user", "The image must have this user.")
            else:
                self._add("user", "undecided", note=f"{short(user)} isn't a user. Pass --columns none.", blocks=True)
        elif columns == "seconds" and not self.fields.startswith("@"):
            words = f"{self.fields} {rest}".split(None, 6)
            seconds, self.fields, rest = words[0], " ".join(words[1:6]), words[6] if len(words) > 6 else ""
            if seconds == "0":
                self._add("seconds", "changed", note="Scheduler starts runs at the full minute.")
            else:
                note = f"The seconds are {short(seconds)}. AWS's shortest unit is a minute."
                self._add("seconds", "not possible", note=note, blocks=True)
        elif not columns:
            note = (
                "The word after the time can be a user or a command. Pass --columns user, --columns none, or --columns "
                "seconds if the first of six fields is seconds."
            )
            self._add("columns", "undecided", note=note, blocks=True, keys=0)
        return rest

    def without_percent(self, command: str) -> str:
        """Undo the escapes of `%`, which is a line break for cron."""
        if re.search(r"(?<!\\)%", command):
            note = "An unescaped % starts the input of the command. Write the input with printf and a pipe."
            self._add("%", "not possible", note=note, blocks=True, keys=0)
        elif "\\%" in command:
            self._add("\\%", "changed", "command", "Only cron needs the backslash before %.", keys=0)
        return command.replace("\\%", "%")

    def schedule(self) -> None:
        """Set the keys of the schedule."""
        try:
            if self.fields.startswith("@every"):
                self._interval(interval_minutes(self.fields.removeprefix("@every").strip()))
            else:
                self._cron(parsed(_without_reboot(self.fields), "vixie"))
        except FieldError as error:
            self._add("schedule", "not possible", "schedule", f"{self.fields}: {error}", blocks=True)

    def _interval(self, minutes: int) -> None:
        self.draft.keys["schedule"] = rate(minutes)
        self.draft.times = every(timedelta(minutes=minutes))
        self._add("schedule", "changed", "schedule", "AWS counts the interval from the deployment.")

    def _cron(self, values: CronFields) -> None:
        if not self.zone:
            note = "The file doesn't name the time zone of its server. Pass --timezone."
            self._add("schedule", "undecided", "timezone", note, blocks=True)
            return
        try:
            self.draft.times = vixie.times_of(DESCRIPTORS.get(self.fields, self.fields), self.zone)
        except ValueError:
            self._add("schedule", "not possible", "schedule", f"{self.fields}: no year has such a day.", blocks=True)
            return
        found = scheduled(values, self.zone, datetime.now(UTC))
        self.draft.keys |= found.keys
        self._add("schedule", "changed", "schedule", found.changed)

    def command(self, found: CommandLine) -> None:
        """Set the keys of the command."""
        keys = self.draft.keys
        if self.line.comment:
            keys["description"] = self.line.comment[:_LONGEST_DESCRIPTION]
        if self.answers.image:
            keys["image"] = self.answers.image
        else:
            note = "A crontab has no image. Pass --image, with an image that contains the command."
            self._add("image", "undecided", "image", note, blocks=True, keys=0)
        keys["command"] = found.words(self.environment.shell)
        if not found.rest:
            self._add("command", "undecided", note="There is no command.", blocks=True)
        else:
            notes = [f"It needs {self.environment.shell}."] if found.needs_shell else []
            if files := files_of(found.rest):
                written = listed(list(dict.fromkeys(files)), "and")
                notes.append(f"Its output to {written} isn't in CloudWatch Logs, and ends with the run.")
            self._add("command", "changed" if notes else "taken", "command", " ".join(notes))
        self._wrappers(found)
        self._outputs(found.outputs)
        variables = {name: value for name, (value, _) in self.environment.variables.items()} | found.environment
        if variables:
            keys["environment"] = variables
        if self.environment.random_delay.isdecimal() and int(self.environment.random_delay) > 0:
            keys["flexibleWindow"] = seconds_text(60 * min(int(self.environment.random_delay), 1440))

    def _wrappers(self, found: CommandLine) -> None:
        keys = self.draft.keys
        if found.folder:
            keys["workingDirectory"] = found.folder
            self._add("cd", "changed", "workingDirectory", keys=0)
        for name in found.environment:
            self._add(name, "changed", f"environment.{name}", keys=0)
        if found.lock is not None:
            waits = not re.search(r"-\w*n|--nb|--nonblock|-\w*w *0", found.lock)
            keys["overlap"] = "queue" if waits else "forbid"
            note = "flock would let every run wait. Here, one run waits, and later ones are skipped." if waits else ""
            self._add("flock", "changed", "overlap", note, keys=0)
        if found.background:
            note = "The run lasts as long as its command, so the command stays in the foreground."
            self._add("&", "changed", "command", note, keys=0)
        if found.timeout:
            keys["timeout"] = found.timeout
            self._add("timeout", "changed", "timeout", keys=0)

    def _outputs(self, outputs: Sequence[str]) -> None:
        for output in outputs:
            kept = is_container_output(output)
            note = "" if kept else "Output goes to CloudWatch Logs, not to this file. Change its readers."
            self._add(output, "changed", "logs", note, keys=0)


def _without_reboot(fields: str) -> str:
    if fields == "@reboot":
        raise FieldError("It runs when a server starts, and there is no server. Deploy it as a service, or remove it.")
    return fields
