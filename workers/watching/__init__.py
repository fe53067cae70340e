"""The part of `forge watch` that plays a job and draws its steps."""
