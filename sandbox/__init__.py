"""The sandbox: a local AWS emulator, a Pulumi provider in front of it, and the real Pulumi engine."""

STACK = "local"
"""The stack of the sandbox."""
