"""What people are told: the bell and the mail outbox."""
