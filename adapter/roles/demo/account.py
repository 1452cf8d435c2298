"""What became of the visitors' requests: plain numbers, and what may be said of them."""

from typing import NamedTuple


class Account(NamedTuple):
    """`refused`: nobody listened; nothing had been sent. `lost`: a request was sent, and no whole and right answer came."""

    answered: int = 0
    refused: int = 0
    lost: int = 0

    def since(self, before: "Account") -> "Account":
        """What came to it."""
        return Account(*(now - then for now, then in zip(self, before, strict=True)))

    def told(self) -> str:
        """In words."""
        refused = f"{self.refused:,} refused while nobody listened" if self.refused else "0 refused"
        return f"{self.answered:,} answered, {refused}, {self.lost:,} lost"

    def is_sound(self, *, gap: bool) -> bool:
        """Was nothing lost that should not be? `gap`: for a while nobody could listen."""
        return self.lost == 0 and (gap or self.refused == 0)
