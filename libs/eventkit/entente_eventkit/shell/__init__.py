"""What is the same in every service's HTTP: authorisation, problems, idempotency, operators' pages, health, life cycle."""
