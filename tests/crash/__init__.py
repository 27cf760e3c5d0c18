"""What a store survives: processes that are killed or many, disks that fail, and damage (SECURITY.md)."""
