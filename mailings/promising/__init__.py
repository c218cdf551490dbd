"""The promise of periodic mail: what is owed to whom by when, who is told before it is broken.

`owed` reads it from what was sent, `warning` tells organizers a week ahead, `approval` asks for
the second person whom a digest to many waits for, `closing` drafts the last mail of a campaign.
"""
