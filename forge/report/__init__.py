"""Reports of a batch: on the terminal, in log files, as JSON, JUnit XML and HTML."""
