"""What the services run on: Apache Kafka on this machine, its topics and access rights, databases and roles, and all their credentials."""
