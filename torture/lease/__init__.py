"""Random worlds for the lease of supervised tasks: do two runs of one task ever overlap?

The worlds run the state machine that a deployment creates, on a virtual clock, with `sandbox.state_machines`.

- `dynamodb` and `ecs` are models of the services that state machines call. `services` adds latency and faults.
- `world` starts executions, and finds overlaps, lost runs and leases that never end.
- `kinds` has the kinds of worlds.
"""
