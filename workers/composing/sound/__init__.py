"""The soundtrack: narration, music, loudness."""
