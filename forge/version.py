"""The version of forge, for reports and for what is kept between runs."""

__version__ = "0.1.0"
