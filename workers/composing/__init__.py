"""The compose phase: manifest, pictures and narration become one MP4 and its sidecars."""
