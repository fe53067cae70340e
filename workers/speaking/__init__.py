"""The speak phase: every line of a job becomes a WAV file whose length is measured."""
