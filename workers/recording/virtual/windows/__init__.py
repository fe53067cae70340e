"""The browser's windows on virtual time: pages, their scripts, input and responses."""
