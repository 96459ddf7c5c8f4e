"""Garbage collection in a Pulumi program."""

import gc


def disable_garbage_collection() -> None:
    """Stop looking for reference cycles until the process ends.

    A Pulumi program creates resources and ends. Nearly all of its objects live that long, so the collector finds almost
    nothing, and each pass takes longer: with 1,000 tasks, over 40 % of the time. Call it before other
    imports, which create most of the objects. Memory grows by about 2 %.
    """
    gc.disable()
