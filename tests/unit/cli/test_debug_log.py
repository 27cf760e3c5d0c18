import pytest

from pcacli.cli.debug_log import without_secrets


@pytest.mark.parametrize(
    "line",
    [
        "headers: {'X-Amz-Security-Token': b'SECRET', 'Host': 'x'}",
        "X-Amz-Security-Token: SECRET",
        '{"SecretAccessKey": "SECRET", "AccessKeyId": "AKID"}',
        "secret_access_key=SECRET",
        "{'Authorization': b'AWS4-HMAC-SHA256 Credential=AKID/x, Signature=SECRET'}",
        "Calculated signature: SECRET",
        '{"refreshToken": "SECRET"}',
        "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\nSECRET",
    ],
)
def test_what_authenticates_is_hidden(line: str) -> None:
    assert "SECRET" not in without_secrets(line)
    assert "[hidden]" in without_secrets(line)


def test_the_rest_of_a_line_stays() -> None:
    line = "Making request for OperationModel(name=ListTags) with params: {'url_path': '/'}"
    assert without_secrets(line) == line
