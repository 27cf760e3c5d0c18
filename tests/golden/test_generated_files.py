from pathlib import Path

from pcacli.cli.generate import COMPLETIONS, MAN, generated_files, write

REPOSITORY = Path(__file__).parents[2]
ADVICE = "run `python -m pcacli.cli.generate` in the repository and commit what changes"


def committed_files(repository: Path) -> dict[str, str]:
    files = (file for folder in (MAN, COMPLETIONS) for file in (repository / folder).iterdir())
    return {file.relative_to(repository).as_posix(): file.read_text(encoding="utf-8") for file in files}


def test_man_pages_and_completion_scripts_are_fresh() -> None:
    committed, generated = committed_files(REPOSITORY), generated_files()
    stale = [path for path in committed.keys() | generated.keys() if committed.get(path) != generated.get(path)]
    assert sorted(stale) == [], ADVICE


def test_generating_removes_what_no_command_stands_behind(tmp_path: Path) -> None:
    (tmp_path / MAN).mkdir()
    (tmp_path / MAN / "pcacli-gone.1").touch()
    write(tmp_path)
    assert committed_files(tmp_path) == generated_files()
