"""From counts to panels: pure, without Django or a clock."""
