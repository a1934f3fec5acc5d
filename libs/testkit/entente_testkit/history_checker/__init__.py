"""Checks a history after the fact: what was answered, stored, published and applied, by the rules of docs/history-checker.md."""
