"""Whether somebody may get bulk mail now, as SQL asks it of a subscription and of its owner.

`Subscription.objects.mailable()` asks the same of the model. Audiences are counted by the list of
blocked people, which triggers keep; before each mail the suppression itself decides.
"""

# `s` is a subscription: whether its consent stands, and is in no pause.
STANDS = """
s.unsubscribed_at IS NULL AND (s.rests_until IS NULL OR s.rests_until <= now())
"""
# `p` is a supporter: whether something keeps every bulk mail from their address.
IS_BLOCKED = """
EXISTS (
    SELECT FROM signatures_suppression x
    WHERE x.email_hash = p.email_hash AND x.lifted_at IS NULL
)
"""
