"""Page time: granted tick by tick, with a frame at the end of each."""
