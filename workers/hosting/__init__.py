"""The other side of a lane on a host: the workers of a batch that another machine runs."""
