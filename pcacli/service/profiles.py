"""Read the AWS config file and credentials file, and find the settings of one profile in them.

Only the settings that both backends need are looked up here; credentials, SSO and roles are botocore's business,
which reads the same files again. The rules are botocore's, and a test holds this module against it.
Sources: AWS SDKs and Tools Reference Guide, "Shared config and credentials files"; `botocore/configloader.py`.
"""

import io
import os
from collections.abc import Mapping
from typing import NamedTuple

from pcacli.errors import PcaError
from pcacli.limits.readers import AWS_FILE
from pcacli.limits.reading import OverLimit, read_file

# A setting is a text, or the settings that are indented below its name.
Setting = str | dict[str, str]
Section = dict[str, Setting]


class ProfileFiles(NamedTuple):
    """Both files together: the profiles and the `services` sections, by name."""

    profiles: dict[str, Section]
    services: dict[str, Section]

    def profile(self, name: str | None) -> Section:
        """Return the settings of a profile; without a name, of the default profile if there is one.

        Raises:
            PcaError: a profile of that name does not exist; being asked for by name, "default" has to exist, too.
        """
        if name is None:
            return self.profiles.get("default", {})
        if name not in self.profiles:
            raise PcaError(f"The config profile ({name}) could not be found")
        return self.profiles[name]


def read_profile_files(environment: Mapping[str, str]) -> ProfileFiles:
    """Read both files; one that is missing counts as empty. In the credentials file every section is a profile.

    Raises:
        PcaError: a file cannot be parsed; the message names it.
    """
    files = ProfileFiles({}, {})
    for title, section in _sections(environment.get("AWS_CONFIG_FILE", "~/.aws/config")).items():
        _file_config_section(files, title, section)
    for name, section in _sections(environment.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")).items():
        # What stands in the credentials file wins over the config file.
        files.profiles.setdefault(name, {}).update(section)
    return files


def _file_config_section(files: ProfileFiles, title: str, section: Section) -> None:
    """Put one section of the config file where it belongs; other sections say nothing to us."""
    if title == "default":
        files.profiles[title] = section
    elif title.startswith("profile"):
        files.profiles.update(dict.fromkeys(_name_in(title), section))
    elif title.startswith("services"):
        files.services.update(dict.fromkeys(_name_in(title), section))


def _name_in(title: str) -> list[str]:
    """Find the name in a title of two words, such as `profile "my laptop"`; other titles name nothing."""
    import shlex

    try:
        words = shlex.split(title)
    except ValueError:
        return []
    return words[1:] if len(words) == 2 else []  # noqa: PLR2004 - the kind of the section and its name


def _sections(path: str) -> dict[str, Section]:
    """Parse one file into its sections."""
    path = os.path.expanduser(os.path.expandvars(path))  # noqa: PTH111 - pathlib does not expand variables
    if not os.path.isfile(path):  # noqa: PTH113 - the same string is read below
        return {}
    import configparser  # takes 2 ms, which a machine without AWS files need not pay

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(_text(path), path)
        return {title: {name: _setting(value) for name, value in parser.items(title)} for title in parser.sections()}
    except (configparser.Error, ValueError, OverLimit) as error:
        raise PcaError(f"Unable to parse config file: {path}") from error


def _text(path: str) -> str:
    """Return the text of a file, nothing for one that may not be read, as botocore does.

    Raises:
        OverLimit: it is too large.
    """
    try:
        content = read_file(path, AWS_FILE)
    except OverLimit:
        raise
    except OSError:
        return ""
    return io.TextIOWrapper(io.BytesIO(content)).read()


def _setting(text: str) -> Setting:
    """Read the lines that are indented below a name as settings of their own: one level of nesting.

    Raises:
        ValueError: such a line has no equals sign.
    """
    if not text.startswith("\n"):
        return text
    pairs = (line.split("=", 1) for line in text.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, value in pairs}
