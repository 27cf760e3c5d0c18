"""What a store survives: processes that are killed, and disks that fail (CONTRIBUTING.md, SECURITY.md)."""
