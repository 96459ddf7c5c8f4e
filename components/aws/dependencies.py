"""Dependencies that are part of an output."""

import pulumi


def after(value: pulumi.Output[str], *others: pulumi.Output[object]) -> pulumi.Output[str]:
    """The same value, available only after other outputs.

    Every resource that uses the result waits for all of them, including resources of other components.
    """
    return pulumi.Output.all(value, *others).apply(lambda parts: parts[0])
