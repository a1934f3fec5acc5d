"""Pure decisions: who may report, and what becomes of what arrives."""
