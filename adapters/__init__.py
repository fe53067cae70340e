"""Adapters bring the app under tutorial into a known state: the contract and ready-made ones."""
