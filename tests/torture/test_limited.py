"""Trials in child processes: what a trial does to its process is a failure of this trial only."""

import os
import signal

from torture.hostile.limited import run_all


def test_a_trial_that_raises_crashes_hangs_or_takes_too_much_memory_fails_alone():
    kept: list[bytes] = []

    def trial(item: str) -> bool:
        match item:
            case "raise":
                raise KeyError("schedules")
            case "crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "exit":
                os._exit(3)
            case "hang":
                while True:
                    pass
            case "grow":
                kept.append(b"\1" * 2**30)
            case _:
                return item == "accepted"
        return False

    items = ["accepted", "raise", "refused", "crash", "hang", "grow", "exit", "accepted"]
    ended = list(run_all(items, trial, seconds=0.3, mib=200))
    assert [end.number for end in ended] == list(range(len(items)))
    assert [end.accepted for end in ended] == [True, *[False] * 6, True]
    assert [end.failure.split(":")[0] for end in ended] == [
        "", "KeyError", "", "SIGSEGV", "SIGPROF", "MemoryError", "exit code 3", "",
    ]  # fmt: skip
