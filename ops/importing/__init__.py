"""`import`: creates tasks from the schedules of other tools.

A reader makes drafts of a source (`formats/`), pure. An interpreter calculates the times of the source (`times/`),
independently of `components.schedules`. The proof compares them with the times of the result, and the writer writes
what is proven.
"""
