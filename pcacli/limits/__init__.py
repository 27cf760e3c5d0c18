"""How much of what others wrote is taken, and how long that may take: sizes, depth, items, patterns."""
