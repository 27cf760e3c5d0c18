"""From a response to text: the query, then one of the formats."""
