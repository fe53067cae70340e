"""The speak phase: every line of a job becomes a WAV file that was measured, not believed."""
