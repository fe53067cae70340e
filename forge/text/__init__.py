"""Clean, redact and compare texts. These modules import nothing of forge."""
