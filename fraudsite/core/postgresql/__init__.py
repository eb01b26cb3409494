"""Django's PostgreSQL, which looks whether a kept connection is alive without asking the server."""
