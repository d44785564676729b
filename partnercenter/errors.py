"""What the product answers when it does not do what a person asked for."""

from django.utils.functional import Promise


class Refused(Exception):
    """A sentence for the person who asked: what happened, why, and what to do now.

    Services and readers raise it for everything a person may run into; pages show it as it is. Anything
    else that is raised is a fault of the program. `str()` of it gives the sentence; a lazily translated
    one is given in the language that is active at that moment.
    """

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
