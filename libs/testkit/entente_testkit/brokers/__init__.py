"""Brokers and stores for tests: librdkafka's mock cluster as the Kafka server, real clients, real database files."""
