"""Clean, redact and compare texts. Imports nothing of forge."""
