"""The rules of X.509 as AWS Private CA applies them. Pure: no files, no clock, no store."""
