"""Clean, redact, cut and compare texts. These modules import nothing else of forge."""
