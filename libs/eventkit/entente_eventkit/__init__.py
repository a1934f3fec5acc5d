"""The event-sourcing kernel: store, log, projections, what services do by themselves, and the shell around every service."""
