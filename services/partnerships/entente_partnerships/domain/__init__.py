"""What is decided here, without I/O: acts of treaties, memberships, channels, engagements, priorities."""
