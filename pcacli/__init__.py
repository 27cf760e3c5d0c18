"""AWS Private CA from the command line: a mirror of `aws acm-pca`, with the authority inside."""

__version__ = "0.1.0"
