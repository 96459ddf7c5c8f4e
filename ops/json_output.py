"""Whether a command prints JSON, so that an error is JSON too. Imports little, so that `--help` starts at once."""

from collections.abc import Sequence


class JsonOutput:
    """The state of the command's JSON output."""

    def __init__(self) -> None:
        self.wanted = False
        """Whether the command line has `--json`."""
        self.printed = False
        """Whether the result was printed. Then an error isn't, because stdout has one JSON document."""

    def begin(self, arguments: Sequence[str]) -> None:
        """Begin a command with these arguments. It reads them itself, because a mistake can precede `--json`."""
        options = arguments[: arguments.index("--")] if "--" in arguments else arguments
        self.wanted = "--json" in options
        self.printed = False

    @property
    def lacks_result(self) -> bool:
        """Whether stdout must still get a JSON document."""
        return self.wanted and not self.printed


json_output = JsonOutput()
"""The output of this process."""
