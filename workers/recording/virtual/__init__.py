"""The recorder on virtual time: page time is granted, frames are drawn on request."""
