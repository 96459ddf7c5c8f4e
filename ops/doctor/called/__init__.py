"""Checks of the resources that calls act on."""
