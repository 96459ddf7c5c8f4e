"""Why does it not run? What a run needs, looked at one by one, each apart from the others."""
