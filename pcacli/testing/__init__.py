"""A private CA for the tests of other people's programs; `pcacli.pytest_plugin` makes a fixture of it."""

from pcacli.testing.private_ca import PrivateCA

__all__ = ["PrivateCA"]
