"""The round-up of a scope: what is new since the last one, in one mail a person and period.

`news` gathers it, `preparing` drafts the mail some days ahead for somebody to look at, `waking`
lets it go when it is due, `approving` asks whether a second person has to approve it first,
`skipping` leaves a period out. Who gets which item is decided when the
audience is frozen (`items_for`), and written into each recipient's row as one bit an item.
`periods` knows the calendar, `subjects` says news in one line, `blocks` is what stands in the mail
for each item.
"""
