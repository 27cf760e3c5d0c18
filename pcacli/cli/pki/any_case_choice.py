"""Names of AWS, which are in capitals, as an option that takes small letters too."""

import click


class AnyCaseChoice(click.Choice[str]):
    """A choice whose values are shown in capitals, as AWS writes them; Click shows small letters if it takes both."""

    def normalize_choice(self, choice: object, ctx: click.Context | None) -> str:
        """Return what is compared, and shown in help and errors."""
        return super().normalize_choice(choice, ctx).upper()
