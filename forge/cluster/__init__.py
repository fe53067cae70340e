"""Other hosts, from this one: how a batch reaches them, and its lanes on them."""
