"""What is done about relationships: each checks, changes, records and tells."""
