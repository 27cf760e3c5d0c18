"""The embedded authority: states, records, one handler for each action of the API."""
