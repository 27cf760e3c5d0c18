"""The refinements of `pcacli.errors` that only the shared layer knows."""

from pcacli.errors import ServiceError


class RetriesExhausted(ServiceError):
    """The service refused the last request that the retry settings allow; `retries` came before it.

    The AWS CLI says so between the operation and the message: "(reached max retries: 2)".
    """

    def __init__(self, code: str, message: str, *, operation: str, retries: int) -> None:
        super().__init__(code, message, operation=operation)
        self.retries = retries
