"""How mail leaves the house: building messages, sending them, and the links inside them.

This room has no models and knows no campaign and no person.
"""
