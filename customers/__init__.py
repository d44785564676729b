"""A partner's accounts for its customers, and the people of those customers."""
