"""Paint frames: the take's pictures, and what is drawn over them."""
