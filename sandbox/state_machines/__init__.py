"""An interpreter of Amazon States Language on any clock, for the state machines that scheduled-tasks generates.

The caller passes the services that tasks call, and runs the processes on its clock: the live sandbox, and the trials of
`torture.lease`. Nothing here knows about the emulator.

- `interpreter` runs an execution, `flow` its states, and `tasks` and `maps` the states of these types.
- `features` lists what a definition uses and the interpreter doesn't know. Such a definition must not be run.
- `expressions` evaluates JSONata, `retries` finds retriers and catchers, `processes` lets processes wait.
"""
