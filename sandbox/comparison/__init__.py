"""Pulumi's official AWS provider compared with the sandbox's own: what each stores for the same programs."""
