"""Adapters start the app of a tutorial and bring it into a known state."""
