"""Processes that wait: what closing them cancels."""

from sandbox.state_machines.processes import Process, within


def test_a_closed_time_limit_closes_the_process_at_once():
    """The test still holds the process, so that only the time limit can close it."""
    closed: list[str] = []

    def work() -> Process[None]:
        try:
            yield 60
        finally:
            closed.append("work")

    process = work()
    limited = within(process, 600, lambda: 0)
    assert next(limited) == 60
    limited.close()
    assert closed == ["work"]
