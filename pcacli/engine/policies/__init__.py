"""Resource policies of CAs: reading them, asking them, and writing them as AWS RAM does. Pure functions."""
