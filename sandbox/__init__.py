"""The sandbox: a local AWS emulator, a Pulumi provider in front of it, and the real Pulumi engine."""

from ops.local_sandbox import STACK as STACK
