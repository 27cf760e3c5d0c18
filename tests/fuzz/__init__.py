"""Coverage-guided fuzzing of what strangers may send: `python -m tests.fuzz`, and its corpus as regression cases."""
