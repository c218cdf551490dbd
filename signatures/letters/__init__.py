"""Transactional mail: what is owed and within which limits, what it says, how it leaves."""
