"""The commands, one module a subject: they take options, call what does the work, and print."""
