"""The virtual clock, and processes on it."""

from ops.simulation.clock import Process, Signal, Until, VirtualClock, start


def test_events_happen_in_the_order_of_their_times_and_then_of_their_calls():
    clock, seen = VirtualClock(100), list[object]()
    clock.at(110, lambda: seen.append("second"))
    clock.at(105, lambda: seen.append("first"))
    clock.at(110, lambda: seen.append(clock.now))
    clock.at(90, lambda: seen.append("past"))
    clock.run()
    assert seen == ["past", "first", "second", 110]


def test_time_stops_at_a_limit():
    clock, seen = VirtualClock(0), list[float]()
    for time in (1, 2, 3):
        clock.at(time, lambda: seen.append(clock.now))
    clock.run(2)
    assert (seen, clock.now) == ([1, 2], 2)
    clock.run(2.5)
    assert clock.now == 2.5


def test_a_process_continues_once_after_a_signal_or_a_time():
    clock, signal, seen = VirtualClock(0), Signal(), list[tuple[str, float]]()

    def process() -> Process:
        yield 5
        seen.append(("waited", clock.now))
        yield Until(signal, 100)
        seen.append(("signal", clock.now))
        yield 500
        seen.append(("late", clock.now))
        yield Until(Signal(), 7)
        seen.append(("time", clock.now))
        yield Until(signal, 1000)
        seen.append(("happened", clock.now))

    start(clock, process())
    clock.at(20, signal.set)
    clock.run()
    assert seen == [("waited", 5), ("signal", 20), ("late", 520), ("time", 527), ("happened", 527)]
