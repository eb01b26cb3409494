"""The questions a dashboard asks the database, each one statement of bounded cost."""
