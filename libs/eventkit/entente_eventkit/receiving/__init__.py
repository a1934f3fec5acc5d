"""What strangers write into an exchange: judged by the service in its own transactions, and answered."""
