"""AWS on this machine: an emulator, a provider plugin in front of it, and the real Pulumi engine."""
