"""The HTML report: one page that works from a file, without a server."""
