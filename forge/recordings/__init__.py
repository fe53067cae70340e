"""Recordings of other tools and of `forge record`, as events, and tutorial modules of them."""
