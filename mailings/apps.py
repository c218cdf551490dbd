from django.apps import AppConfig


class MailingsConfig(AppConfig):
    """Every bulk mail: who gets it, when it goes, and what became of it."""

    name = "mailings"

    def ready(self) -> None:
        from mailings import following
        from mailings.arriving import forget_person
        from mailings.invariants import INVARIANTS
        from mailings.own_data import SECTIONS
        from mailings.visiting import count_visit
        from signatures import erasing, invariants, own_data, recognising

        erasing.register(forget_person)
        erasing.register(following.forget_person)
        invariants.register(*INVARIANTS)
        for section in SECTIONS:
            own_data.register(section)
        recognising.register(count_visit)
        recognising.register(following.note_arrival)
