"""Housekeeping by the clock: the tx worker's threads, and what is kept for a time only."""
