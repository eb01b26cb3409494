"""How urgent an alert is, and why. Knows no Django."""
