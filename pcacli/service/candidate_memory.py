"""Remembers for five minutes what AWS offered for completion, so that the second Tab does not ask again.

One small private file for each endpoint, region and set of credentials, in `$XDG_CACHE_HOME/pcacli/completion`, else
`~/.cache/pcacli/completion`. Losing them does no harm; where they cannot be written, nothing is remembered.
Source: XDG Base Directory Specification, which has relative paths in its variables ignored.
"""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from pcacli.engine.files import make_private_directory, temporary_beside
from pcacli.engine.own_files import PlantedFile, read_own
from pcacli.limits.readers import STATE_FILE
from pcacli.service.candidates import Candidate
from pcacli.service.settings import Settings

_LIFETIME_SECONDS = 300
# What decides whose CAs are seen, beside the settings. Only a digest of it is written.
_IDENTITY = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID")


class CandidateMemory:
    """What was offered to one user in one region."""

    def __init__(self, settings: Settings, environment: Mapping[str, str]) -> None:
        cache_home = Path(environment.get("XDG_CACHE_HOME", ""))
        folder = cache_home if cache_home.is_absolute() else Path("~/.cache").expanduser()
        whose = (settings.endpoint_url, settings.region, settings.profile, *map(environment.get, _IDENTITY))
        self._path = folder / "pcacli" / "completion" / f"{sha256(json.dumps(whose).encode()).hexdigest()}.json"

    def recall(self) -> list[Candidate] | None:
        """Return what was remembered in the last five minutes, or None."""
        try:
            age_seconds = time.time() - self._path.stat().st_mtime
            content = read_own(self._path, "memory of candidates,", STATE_FILE)
            found = [Candidate(*pair) for pair in json.loads(content)]
        except (OSError, PlantedFile, ValueError, TypeError):
            return None
        return found if 0 <= age_seconds < _LIFETIME_SECONDS else None

    def remember(self, candidates: list[Candidate]) -> None:
        """Write down what is offered now."""
        with suppress(OSError):
            make_private_directory(self._path.parent)
            with temporary_beside(self._path) as temporary:
                temporary.write_text(json.dumps(candidates), encoding="utf-8")
                temporary.replace(self._path)
