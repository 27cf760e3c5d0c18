"""What is told of long work: each thing when it is done, each byte that went through."""

from io import BytesIO

from pcacli.engine.progress import Phase, WatchedReader, WatchedWriter, watched
from tests.support.onlooker import Onlooker

PHASE = Phase("Working")


def test_a_thing_counts_when_the_next_is_asked_for() -> None:
    onlooker = Onlooker()
    things = watched("ab", onlooker, PHASE, 2)
    assert onlooker.told == []
    assert next(things) == "a"
    assert onlooker.told == [("Working", 0, 2)]
    assert list(things) == ["b"]
    assert onlooker.told[1:] == [("Working", 1, 2), ("Working", 2, 2)]


def test_how_many_there_are_may_be_unknown() -> None:
    onlooker = Onlooker()
    assert list(watched(iter("ab"), onlooker, PHASE)) == ["a", "b"]
    assert onlooker.last("Working") == (2, None)


def test_bytes_are_counted_as_they_go_through() -> None:
    onlooker, file = Onlooker(), BytesIO()
    writer = WatchedWriter(file, onlooker, PHASE, 9)
    assert (writer.write(b"one\n"), writer.write(b"three")) == (4, 5)
    assert [done for _, done, _ in onlooker.told] == [4, 9]
    reader = WatchedReader(BytesIO(file.getvalue()), onlooker, PHASE, 9)
    assert (reader.readline(100), reader.read(100), reader.read(100)) == (b"one\n", b"three", b"")
    assert [done for _, done, _ in onlooker.told[2:]] == [4, 9, 9]
