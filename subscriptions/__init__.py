"""What a customer has bought, who has the seats, moving it to another partner."""
