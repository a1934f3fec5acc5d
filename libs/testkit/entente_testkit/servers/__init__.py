"""Real servers on this machine, started by tests in folders that go away."""
