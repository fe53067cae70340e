"""Text in a video: cues, chapters, line breaks, fonts, scripts from right to left."""
