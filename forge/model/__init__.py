"""Frozen records and pure arithmetic on time. No module here reads or writes a file."""
