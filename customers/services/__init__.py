"""What can be done with customers, their users and their uploads."""
