"""Long work that a person may watch, and that survives workers and brokers."""
