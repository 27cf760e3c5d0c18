"""The grammar of command lines, with argparse, on which the AWS CLI is built, as the oracle."""

import argparse
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.cli.argv import FLAG, MANY_WORDS, ONE_WORD, OPTIONAL_WORD, Option, parse
from pcacli.errors import UsageProblem

OPTIONS = (
    Option("--certificate"),
    Option("--certificate-chain"),
    Option("--validity"),
    Option("--validity-not-before"),
    Option("--tags", MANY_WORDS),
    Option("--generate-cli-skeleton", OPTIONAL_WORD),
    Option("--debug", FLAG),
)
NARGS: dict[str, str | None] = {ONE_WORD: None, MANY_WORDS: "*", OPTIONAL_WORD: "?"}
WORDS = st.sampled_from(
    [
        "--certificate",
        "--certificate=x",
        "--certificate-chain",
        "--cert",
        "--certificate-",
        "--val=a=b",
        "--validity",
        "--validity-n",
        "--tags",
        "--ta",
        "--tags=",
        "--generate-cli-skeleton",
        "--gen=input",
        "--debug",
        "--deb",
        "--debug=1",
        "--unknown",
        "--unknown=x",
        "-x",
        "-7",
        "-1.5",
        "-",
        "word",
        "",
        "Key=a,Value=b",
        "--looks like an option",
    ]
)


class Oracle(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageProblem(message)


def oracle() -> Oracle:
    parser = Oracle(add_help=False)
    for option in OPTIONS:
        if option.takes == FLAG:
            parser.add_argument(option.name, action="store_true")
        else:
            parser.add_argument(option.name, nargs=NARGS[option.takes])
    return parser


def by_argparse(words: list[str]) -> tuple[dict[str, object], list[str]] | str:
    try:
        found, rest = oracle().parse_known_args(words)
    except UsageProblem as problem:
        return problem.message
    return {f"--{name.replace('_', '-')}": value for name, value in vars(found).items()}, rest


def by_us(words: list[str]) -> tuple[dict[str, object], list[str]] | str:
    try:
        parsed = parse(words, OPTIONS)
    except UsageProblem as problem:
        return problem.message
    found: dict[str, object] = {option.name: False if option.takes == FLAG else None for option in OPTIONS}
    for option, values in parsed.assignments:
        if option.takes == FLAG:
            found[option.name] = True
        elif option.takes == MANY_WORDS:
            found[option.name] = list(values)
        else:
            found[option.name] = values[0] if values else None
    return found, parsed.rest


@given(st.lists(WORDS, max_size=7))
def test_command_lines_are_read_as_argparse_reads_them(words: list[str]) -> None:
    assert by_us(words) == by_argparse(words)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--valid", "x"], "ambiguous option: --valid could match --validity, --validity-not-before"),
        (["--certificate", "--debug"], "argument --certificate: expected one argument"),
        (["--debug=1"], "argument --debug: ignored explicit argument '1'"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_the_aws_cli(words: list[str], complaint: str) -> None:
    with pytest.raises(UsageProblem) as problem:
        parse(words, OPTIONS)
    assert problem.value.message == complaint


def test_several_words_follow_a_list_option() -> None:
    parsed = parse(["--tags", "Key=a", "Key=b", "--debug"], OPTIONS)
    assert parsed.assignments[0].words == ("Key=a", "Key=b")
