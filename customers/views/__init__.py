"""Pages of customers, their users and their uploads."""
