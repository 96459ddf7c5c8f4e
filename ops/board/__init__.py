"""The board: one page with the past and next runs of stacks."""
