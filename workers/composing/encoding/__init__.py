"""Encode: groups of pictures, frame times, MP4, GIF, and a check of the result."""
