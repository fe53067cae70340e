"""The time of a tutorial's own code: its sleeps and waits, on the page's clock."""
