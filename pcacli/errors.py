"""The one tree of exceptions, and the exit code that each branch means.

```
PcaError                     255  anything that fits nowhere else; the message stands alone
├── UsageProblem             252  the command line or a parameter is wrong; nothing was sent
│   └── UnknownOptions       252  words that no option takes; AWS gives this one no name
├── ConfigurationProblem     253  credentials, region, profile or the store are not set up
├── ServiceError             254  the service (AWS or the embedded authority) refused, with its exception name
├── WaiterError              255  a waiter saw a failure or ran out of attempts
├── DamagedStore             255  a file of the embedded authority is damaged; nothing was overwritten
├── AnswerIsNo                 1  a `pki` or `local` command worked, and the answer is no
└── Interrupted              130  Ctrl-C
```

Errors carry data. Only the two edges, `cli/main.py` and `server/app.py`, turn them into text, exit codes or HTTP.
Sources: AWS CLI User Guide, "Return codes"; `awscli/constants.py` of the AWS CLI v2 for the numbers.
"""


class PcaError(Exception):
    """Something went wrong that the user can be told in one message.

    `code` is the name that AWS gives to the kind of error, or None where the AWS CLI prints a bare sentence.
    `hint` is one further line of our own, shown after AWS's text and silenced by `--strict`.
    """

    exit_code = 255
    code: str | None = None

    def __init__(self, message: str, *, code: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code

    def add(self, sentence: str, *, hint: str | None = None) -> None:
        """Say one sentence more behind the message, and put a hint in the place of the one there is."""
        end = "" if self.message.endswith((".", "!", "?")) else "."
        self.message = f"{self.message}{end} {sentence}"
        self.args = (self.message,)
        self.hint = hint or self.hint


class UsageProblem(PcaError):
    """The command line or one of its parameters is wrong."""

    exit_code = 252
    code: str | None = "ParamValidation"


class UnknownOptions(UsageProblem):
    """Words are left that no option takes."""

    code = None


class ConfigurationProblem(PcaError):
    """Something outside the command line is not set up: credentials, a region, a profile, a store."""

    exit_code = 253


class ServiceError(PcaError):
    """The service refused the request.

    `code` is the name of the exception in the API model (or an unmodelled one such as ValidationException);
    `operation` is the API action, filled in by whoever called it; `retries` is how often the request was repeated, if
    that was as often as the settings allow.
    """

    exit_code = 254

    def __init__(
        self,
        code: str,
        message: str,
        *,
        operation: str | None = None,
        retries: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.operation = operation
        self.retries = retries


class WaiterError(PcaError):
    """A waiter met a failure state or ran out of attempts."""


class DamagedStore(PcaError):
    """A file of the embedded authority cannot be read as what it should be; the message names the file."""


class AnswerIsNo(PcaError):
    """A workflow command did its work and the answer is no."""

    exit_code = 1


class Interrupted(PcaError):
    """The user pressed Ctrl-C."""

    exit_code = 130
