"""Frozen records, and pure arithmetic on time. Nothing here reads or writes a file."""
