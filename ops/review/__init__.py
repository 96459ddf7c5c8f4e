"""What a pull request changes: two versions of a stack's configuration compared, and said in Markdown."""
