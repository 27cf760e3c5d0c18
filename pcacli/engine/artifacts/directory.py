"""Buckets as directories: the object `key` of a bucket is the file `<root>/<bucket>/<key>`.

Directories have mode 0700 and files 0600: audit reports name every subject, and whoever verifies certificates gets
CRLs over HTTP, not from the file system. Every step below the root is taken relative to the directory before it and
follows no symbolic link, so neither a name nor a link planted in a bucket leads out; the root itself may be a link,
which is the operator's choice. An object is written beside its place, synced and renamed.
Source: Linux manual, openat(2), "Rationale"; rename(2).
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from pcacli.engine.artifacts.names import check_bucket, key_segments
from pcacli.engine.artifacts.port import BucketProblem, BucketUnavailable
from pcacli.engine.files import PRIVATE_DIRECTORY_MODE, PRIVATE_FILE_MODE, STORAGE_FAILURES, make_private_directory
from pcacli.limits.readers import BUCKET_OBJECT
from pcacli.limits.reading import NOT_WAITING, read_opened

_MAY_WRITE = os.W_OK | os.X_OK


class _Step(NamedTuple):
    """One directory on the way to an object, and whether it is made where it is missing."""

    name: str
    make: bool


class DirectoryArtifacts:
    """Buckets under one directory; writing to one makes it, unless `create_buckets` is off."""

    def __init__(self, root: Path, *, create_buckets: bool = True) -> None:
        self._root = root
        self._create_buckets = create_buckets

    def create_bucket(self, bucket: str) -> None:
        """Make a bucket; it is no mistake if it is there.

        Raises:
            BucketProblem: the name is not one, or the directory cannot be made.
        """
        check_bucket(bucket)
        with _file_problems(bucket), self._entered(_Step(bucket, make=True)):
            pass

    def bucket_names(self) -> list[str]:
        """Return the names of the buckets that are there, sorted."""
        try:
            with os.scandir(self._root) as entries:
                return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
        except FileNotFoundError:
            return []

    def check(self, bucket: str) -> None:
        """Make sure that the bucket can be written to, without changing anything."""
        check_bucket(bucket)
        with _file_problems(bucket):
            try:
                with self._entered(_Step(bucket, make=False)) as directory:
                    writable = os.access(".", _MAY_WRITE, dir_fd=directory)
            except FileNotFoundError:
                if not self._create_buckets:
                    raise
                writable = os.access(_nearest_existing(self._root), _MAY_WRITE)
        if not writable:
            raise BucketProblem(f"The bucket {bucket} cannot be written to: permission denied.")

    def put(
        self, bucket: str, key: str, content: Iterable[bytes], *, content_type: str, object_acl: str | None = None
    ) -> None:
        """Write an object from pieces, in bounded memory, replacing one of the same key."""
        del content_type, object_acl  # A file has neither; the ending of the key tells the type.
        check_bucket(bucket)
        *folders, name = key_segments(key)
        steps = (_Step(bucket, make=self._create_buckets), *(_Step(folder, make=True) for folder in folders))
        with _file_problems(bucket), self._entered(*steps) as directory:
            _write(directory, name, content)

    def get(self, bucket: str, key: str) -> bytes | None:
        """Return an object, or None if there is none."""
        check_bucket(bucket)
        *folders, name = key_segments(key)
        steps = (_Step(folder, make=False) for folder in (bucket, *folders))
        with _file_problems(bucket):
            try:
                with self._entered(*steps) as directory:
                    return _read(directory, name)
            except (FileNotFoundError, IsADirectoryError):
                return None

    @contextmanager
    def _entered(self, *steps: _Step) -> Iterator[int]:
        """Yield a descriptor of the directory that the steps below the root lead to."""
        if steps[0].make:
            make_private_directory(self._root)
        directory = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for step in steps:
                above, directory = directory, _enter(directory, step)
                os.close(above)
            yield directory
        finally:
            os.close(directory)


def _enter(directory: int, step: _Step) -> int:
    if step.make:
        with suppress(FileExistsError):
            os.mkdir(step.name, PRIVATE_DIRECTORY_MODE, dir_fd=directory)
            os.fsync(directory)
    return os.open(step.name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=directory)


def _write(directory: int, name: str, content: Iterable[bytes]) -> None:
    temporary = f".{os.urandom(8).hex()}.new"
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    try:
        with os.fdopen(os.open(temporary, flags, PRIVATE_FILE_MODE, dir_fd=directory), "wb") as file:
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=directory)
        raise
    os.fsync(directory)


def _read(directory: int, name: str) -> bytes:
    with os.fdopen(os.open(name, NOT_WAITING | os.O_NOFOLLOW, dir_fd=directory), "rb") as file:
        return read_opened(file, BUCKET_OBJECT, only_regular=True, name=name)


def _nearest_existing(path: Path) -> Path:
    return next(candidate for candidate in (path, *path.parents) if candidate.exists())


@contextmanager
def _file_problems(bucket: str) -> Iterator[None]:
    """Say which bucket could not be used when the file system refuses something in the block."""
    try:
        yield
    except FileNotFoundError as error:
        raise BucketProblem(f"There is no bucket {bucket}.") from error
    except OSError as error:
        kind = BucketUnavailable if error.errno in STORAGE_FAILURES else BucketProblem
        raise kind(f"The bucket {bucket} cannot be used: {error.strerror}.") from error
