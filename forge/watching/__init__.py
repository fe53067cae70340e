"""`forge watch`: find what has changed, play it again in a warm process, and show it on a page."""
