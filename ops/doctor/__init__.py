"""`doctor`: independent checks of everything that a run needs."""
