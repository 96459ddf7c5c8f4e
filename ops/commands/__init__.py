"""The commands, one module per subject. They parse options, call the code that does the work, and print results."""
