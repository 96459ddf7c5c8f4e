"""The smoke test in a live sandbox. It proves the test itself, not AWS."""
