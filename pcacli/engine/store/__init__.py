"""Where the embedded authority keeps its records: one port, one module for each database."""
