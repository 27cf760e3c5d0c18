"""The terminal edge: words in, text and an exit code out."""
