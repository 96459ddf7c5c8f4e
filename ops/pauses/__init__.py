"""Pauses by hand: in an emergency, in AWS itself, on record until they are over."""
