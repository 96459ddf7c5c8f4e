"""What all tests have in common."""

# Its pytest plugin loads the rest of it when the session ends. Python 3.11 may then fail to read the source, if it
# collects the garbage of programs on mocks at that moment (python/cpython issue 106905).
import hypothesis

__all__ = ["hypothesis"]
