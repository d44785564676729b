"""Organizations, their domains and their people; clouds, countries and address rules."""
