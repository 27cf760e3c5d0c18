import pytest

from pcacli.errors import PcaError, UsageProblem
from pcacli.output.query import compile_query

TAGS = {"Tags": [{"Key": "b", "Value": "2"}, {"Key": "a"}]}


def test_expression_that_is_no_jmespath_is_refused_in_the_aws_clis_words() -> None:
    with pytest.raises(UsageProblem) as caught:
        compile_query("Tags[?")
    expected = 'Bad value for --query Tags[?: Invalid jmespath expression: Incomplete expression:\n"Tags[?"\n       ^'
    assert caught.value.message == expected
    assert (caught.value.code, caught.value.exit_code) == ("ParamValidation", 252)


@pytest.mark.parametrize("expression", ["", "@ @", "Tags[", '"\\uD"', "(" * 3000])
def test_no_expression_gets_past_the_compiler_with_another_error(expression: str) -> None:
    with pytest.raises(UsageProblem, match=r"^Bad value for --query "):
        compile_query(expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("nope(Tags)", "Unknown function: nope()"),
        (
            "sum(Tags[].Key)",
            "In function sum(), invalid type for value: b, expected one of: ['array-number'], received: \"str\"",
        ),
        ("Tags[::0]", "slice step cannot be zero"),
    ],
)
def test_expression_that_does_not_suit_the_data_is_one_sentence_and_exit_code_255(
    expression: str, message: str
) -> None:
    query = compile_query(expression)
    with pytest.raises(PcaError) as caught:
        query(TAGS)
    assert (caught.value.message, caught.value.code, caught.value.exit_code) == (message, None, 255)


def test_query_selects() -> None:
    assert compile_query("sort_by(Tags, &Key)[0].Key")(TAGS) == "a"
