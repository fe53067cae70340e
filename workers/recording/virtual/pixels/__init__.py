"""The pixels of a window: read from the browser's memory, compared, packed as JPEG."""
