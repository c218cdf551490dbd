"""What keeps robots, floods and guessers out: counts by network in PostgreSQL, and short passes."""
