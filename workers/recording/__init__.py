"""The record phase: a browser is driven through the steps, and what it shows becomes a take."""
