"""The smoke test of an account: it deploys a small stack of its own, and compares what AWS does with what the product
assumes."""
