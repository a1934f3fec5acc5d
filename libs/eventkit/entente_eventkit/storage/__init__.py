"""Databases: transactions, tables, column types, migrations."""
