"""The `--query` option: a JMESPath expression over the response.

An expression that cannot be read is refused before anything is sent. One that fails on the data (an unknown
function, a wrong type) fails after the call, as with the AWS CLI.
Source: `awscli/customizations/globalargs.py` of the AWS CLI v2; behaviour recorded from version 2.36.7.
"""

from collections.abc import Callable

from pcacli.errors import PcaError, UsageProblem

CompiledQuery = Callable[[object], object]

# What JMESPath raises while it evaluates: its own errors are ValueErrors, the rest are those of Python's operators.
_EVALUATION_FAILURES = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError)


def compile_query(expression: str) -> CompiledQuery:
    """Turn a JMESPath expression into a function from a response to what the expression selects.

    The function raises `PcaError` with JMESPath's own words when the expression does not suit the data.

    Raises:
        UsageProblem: the expression is not JMESPath.
    """
    import jmespath

    try:
        compiled = jmespath.compile(expression)
    except (ValueError, RecursionError) as error:
        raise UsageProblem(f"Bad value for --query {expression}: {error}") from error

    def search(value: object) -> object:
        try:
            return compiled.search(value)
        except _EVALUATION_FAILURES as error:
            raise PcaError(str(error)) from error

    return search
