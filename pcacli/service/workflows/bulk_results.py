"""What became of the rows of a list, as JSON lines; who runs the same list again goes on from there.

Each line has the number of the row's line, its digest and its folder, and either the certificate's ARN or an error. The
last certificate of a folder counts.
"""

import json
import os
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from pcacli.engine.own_files import open_own, require_own_folder
from pcacli.errors import PcaError, UsageProblem
from pcacli.limits.readers import RESULT_FILE
from pcacli.limits.reading import read_opened
from pcacli.service.workflows.bulk_rows import Row
from pcacli.service.workflows.certificate_files import CERTIFICATE

_FOLDER_MODE = 0o755


class ResultFile:
    """The file of one list, open for as long as a `with` block."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIOWrapper | None = None
        self._digests_by_directory: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Open the file, or make it.

        Raises:
            UsageProblem: it cannot be used.
            PlantedFile: it, or its folder, is open to others.
        """
        try:
            require_own_folder(self._path.parent)
            self._path.parent.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
            self._file = os.fdopen(open_own(self._path, "result file", flags), "a+", encoding="utf-8")
        except OSError as error:
            raise UsageProblem(f"The result file {self._path} cannot be used: {error.strerror}.") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def read(self) -> None:
        """Take in what earlier runs wrote, and make ready to write behind it.

        Raises:
            UsageProblem: it is no text.
        """
        try:
            self._open.seek(0)
            text = read_opened(cast("IO[bytes]", self._open.buffer), RESULT_FILE, only_regular=True).decode()
        except OSError as error:
            raise UsageProblem(f"The result file {self._path} cannot be used: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise UsageProblem(f"{self._path} is no result file.") from error
        if text and not text.endswith("\n"):
            # A line that a full disk or a kill cut off.
            self._open.write("\n")
        for line in text.splitlines():
            self._take_in(line)

    def is_done(self, row: Row, directory: Path) -> bool:
        """Tell whether a row has its certificate in its folder below a directory."""
        is_newest = self._digests_by_directory.get(row.directory) == row.digest
        return is_newest and (directory / row.directory / CERTIFICATE).is_file()

    def add(self, row: Row, result: dict[str, Any]) -> None:
        """Write down what became of a row.

        Raises:
            PcaError: that is not possible.
        """
        line = json.dumps({"Line": row.line, "Row": row.digest, "Directory": row.directory, **result})
        try:
            self._open.write(f"{line}\n")
            self._open.flush()
        except OSError as error:
            raise PcaError(f"The result file {self._path} cannot be written to: {error.strerror}.") from error

    @property
    def _open(self) -> TextIOWrapper:
        if self._file is None:
            raise RuntimeError("the result file is used inside its with block only")
        return self._file

    def _take_in(self, line: str) -> None:
        try:
            result = json.loads(line)
            if "CertificateArn" in result:
                self._digests_by_directory[result["Directory"]] = result["Row"]
        except (ValueError, TypeError, LookupError):
            return
