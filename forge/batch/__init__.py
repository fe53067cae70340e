"""Run a batch: decide which job runs when, and drive the lanes."""
