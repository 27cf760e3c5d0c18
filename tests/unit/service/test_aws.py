import os
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from pcacli.errors import ConfigurationProblem, PcaError, ServiceError
from pcacli.service.aws import AwsService
from pcacli.service.settings import read_settings
from tests.unit.service.stub_endpoint import Reply, answer, refusal, serving

ARN = "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555"
REQUEST = {"CertificateAuthorityArn": ARN}
CLOSED = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment with credentials, without profile files and without the instance metadata service."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    variables = {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret-for-tests",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def service(url: str, **options: str) -> AwsService:
    """Open the backend at an endpoint; options by name, without dashes in front."""
    given = {f"--{name.replace('_', '-')}": value for name, value in options.items()}
    return AwsService(read_settings({"--endpoint-url": url, **given}, os.environ))


def test_a_call_is_signed_and_its_response_is_the_apis_own_dictionary() -> None:
    with serving(answer(Tags=[{"Value": "v", "Key": "k"}], NextToken="t")) as endpoint:
        response = service(endpoint.url, region="eu-central-1").call("ListTags", REQUEST)
    assert list(response.items()) == [("NextToken", "t"), ("Tags", [{"Key": "k", "Value": "v"}])]
    (headers, body), *_ = endpoint.requests
    assert (headers["X-Amz-Target"], body) == ("ACMPrivateCA.ListTags", REQUEST)
    assert "/eu-central-1/acm-pca/" in headers["Authorization"]
    assert headers["User-Agent"].startswith("pcacli/")


def test_blobs_travel_as_base64_of_the_bytes_given() -> None:
    with serving(answer(CertificateArn="arn")) as endpoint:
        service(endpoint.url).call("IssueCertificate", REQUEST | {"Csr": b"foo"})
    assert endpoint.requests[0][1]["Csr"] == "Zm9v"


@pytest.mark.parametrize(
    ("sent", "instant"),
    [
        (1600000000.123, datetime(2020, 9, 13, 12, 26, 40, 123000, UTC)),
        (1600000000.000001, datetime(2020, 9, 13, 12, 26, 40, 1, UTC)),
        (253402300799, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2020-09-13T14:26:40+02:00", datetime(2020, 9, 13, 12, 26, 40, tzinfo=UTC)),
    ],
)
def test_timestamps_arrive_as_utc_instants(sent: float | str, instant: datetime) -> None:
    with serving(answer(AuditReportStatus="SUCCESS", CreatedAt=sent)) as endpoint:
        response = service(endpoint.url).call("DescribeCertificateAuthorityAuditReport", REQUEST)
    assert response["CreatedAt"] == instant
    assert response["CreatedAt"].tzinfo is UTC


@pytest.mark.parametrize("body", [b"", b"<html>"])
def test_a_success_without_a_readable_body_is_an_empty_response(body: bytes) -> None:
    with serving(Reply(body=body)) as endpoint:
        assert service(endpoint.url).call("ListTags", REQUEST) == {}


def test_who_needs_a_member_of_an_empty_response_learns_that_it_is_not_there() -> None:
    with serving(Reply(body=b'{"CertificateArn": "arn:aws')) as endpoint:
        response = service(endpoint.url).call("IssueCertificate", REQUEST)
    sentence = r"^The answer to IssueCertificate lacks CertificateArn: was the connection cut off\?$"
    with pytest.raises(PcaError, match=sentence):
        response["CertificateArn"]


@pytest.mark.parametrize(
    ("reply", "code", "message"),
    [
        (refusal("ResourceNotFoundException", "Not here.", 404), "ResourceNotFoundException", "Not here."),
        (
            Reply(400, b'{"__type": "com.amazonaws.acmpca#InvalidArnException", "Message": "m"}'),
            "InvalidArnException",
            "m",
        ),
        (Reply(400, b'{"__type": "InvalidArnException:http://x/", "message": "m"}'), "InvalidArnException", "m"),
        (refusal("SomethingNewException", "100% {braces} %s"), "SomethingNewException", "100% {braces} %s"),
        (Reply(403, b""), "403", ""),
        (Reply(404, b"nope"), "404", "nope"),
    ],
)
def test_a_refusal_keeps_the_services_code_and_message(
    monkeypatch: pytest.MonkeyPatch, reply: Reply, code: str, message: str
) -> None:
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    with serving(reply) as endpoint, pytest.raises(ServiceError) as caught:
        service(endpoint.url).call("ListTags", REQUEST)
    assert (caught.value.code, caught.value.message, caught.value.operation) == (code, message, "ListTags")
    assert caught.value.retries is None


def test_a_throttled_call_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    with serving(refusal("LimitExceededException", "limit"), answer(Tags=[])) as endpoint:
        assert service(endpoint.url).call("ListTags", REQUEST) == {"Tags": []}
    assert len(endpoint.requests) == 2


def test_the_last_refusal_says_how_many_retries_there_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    with serving(refusal("InternalFailure", "oops", 500)) as endpoint, pytest.raises(ServiceError) as caught:
        service(endpoint.url).call("ListTags", REQUEST)
    assert (caught.value.code, caught.value.message, caught.value.retries) == ("InternalFailure", "oops", 1)


@pytest.mark.parametrize(
    ("absent", "code", "message"),
    [
        (
            ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
            "NoCredentials",
            'Unable to locate credentials. You can configure credentials by running "aws login".',
        ),
        (
            ["AWS_REGION"],
            "NoRegion",
            'You must specify a region. You can also configure your region by running "aws configure".',
        ),
    ],
)
def test_what_is_missing_for_aws_is_a_matter_of_configuration_and_the_hint_names_the_way_out(
    monkeypatch: pytest.MonkeyPatch, absent: list[str], code: str, message: str
) -> None:
    for name in absent:
        monkeypatch.delenv(name)
    with pytest.raises(ConfigurationProblem) as caught:
        service(CLOSED).call("ListTags", REQUEST)
    assert (caught.value.code, caught.value.message) == (code, message)
    assert "--local" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("url", "options", "message"),
    [
        (f"{CLOSED}/some/path", {}, f'Could not connect to the endpoint URL: "{CLOSED}/some/path"'),
        ("http://", {}, "Invalid endpoint: http://"),
        (CLOSED, {"region": "not a region"}, "Provided region_name 'not a region' doesn't match a supported format."),
    ],
)
def test_an_endpoint_that_cannot_be_used_is_said_in_the_aws_clis_words(
    url: str, options: dict[str, str], message: str
) -> None:
    with pytest.raises(PcaError) as caught:
        service(url, **options).call("ListTags", REQUEST)
    assert (caught.value.message, caught.value.exit_code, caught.value.code) == (message, 255, None)


@pytest.mark.parametrize(("by_option", "access_key"), [(True, "AKIDPROFILE"), (False, "AKIDEXAMPLE")])
def test_keys_in_the_environment_win_over_those_of_aws_profile_but_not_of_an_option(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    by_option: bool,  # noqa: FBT001 - a column of the table
    access_key: str,
) -> None:
    (tmp_path / "credentials").write_text("[p]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = s\n")
    monkeypatch.setenv("AWS_PROFILE", "p")
    with serving(answer(Tags=[])) as endpoint:
        service(endpoint.url, **({"profile": "p"} if by_option else {})).call("ListTags", REQUEST)
    assert f"Credential={access_key}/" in endpoint.requests[0][0]["Authorization"]


def test_half_a_pair_of_keys_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(PcaError, match=r"^Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY$"):
        service(CLOSED)


def test_an_answer_that_takes_too_long_is_given_up() -> None:
    with serving(Reply(delay_seconds=10)) as endpoint, pytest.raises(PcaError) as caught:
        service(endpoint.url, cli_read_timeout="1").call("ListTags", REQUEST)
    assert caught.value.message == f'Read timeout on endpoint URL: "{endpoint.url}/"'


def test_an_answer_of_the_wrong_shape_is_no_traceback() -> None:
    with serving(Reply(body=b"[1]")) as endpoint, pytest.raises(PcaError, match="'list' object"):
        service(endpoint.url).call("ListTags", REQUEST)


def test_an_instant_beyond_all_calendars_is_no_traceback() -> None:
    with serving(answer(AuditReportStatus="SUCCESS", CreatedAt=1e20)) as endpoint, pytest.raises(PcaError) as caught:
        service(endpoint.url).call("DescribeCertificateAuthorityAuditReport", REQUEST)
    assert "out of range" in caught.value.message


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        (
            "AWS_RETRY_MODE",
            "never",
            'Invalid value provided to "mode": "never" must be one of: "standard" or "adaptive"',
        ),
        (
            "AWS_MAX_ATTEMPTS",
            "0",
            'Value provided to "max_attempts": 0 must be an integer greater than or equal to one.',
        ),
    ],
)
def test_wrong_settings_for_retries_are_said_in_the_aws_clis_words(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(PcaError) as caught:
        service(CLOSED)
    assert caught.value.message == message


def test_requests_can_go_unsigned_without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with serving(answer(Tags=[])) as endpoint:
        service(endpoint.url, no_sign_request="").call("ListTags", REQUEST)
    assert "Authorization" not in endpoint.requests[0][0]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, and its key, in one PEM file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    return path


def test_an_endpoint_whose_certificate_nobody_vouches_for_is_refused(certificate: Path) -> None:
    with serving(answer(Tags=[]), tls=_tls(certificate)) as endpoint, pytest.raises(PcaError) as caught:
        service(endpoint.url).call("ListTags", REQUEST)
    assert caught.value.message.startswith(
        f"SSL validation failed for {endpoint.url}/ [SSL: CERTIFICATE_VERIFY_FAILED]"
    )


def test_a_ca_bundle_vouches_for_an_endpoint(certificate: Path) -> None:
    with serving(answer(Tags=[]), tls=_tls(certificate)) as endpoint:
        assert service(endpoint.url, ca_bundle=str(certificate)).call("ListTags", REQUEST) == {"Tags": []}


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_the_certificate_of_an_endpoint_need_not_be_verified(certificate: Path) -> None:
    with serving(answer(Tags=[]), tls=_tls(certificate)) as endpoint:
        unverified = service(endpoint.url, no_verify_ssl="", ca_bundle="missing.pem")
        assert unverified.call("ListTags", REQUEST) == {"Tags": []}


def test_a_ca_bundle_that_is_missing_is_no_reason_to_go_without(certificate: Path) -> None:
    with serving(answer(Tags=[]), tls=_tls(certificate)) as endpoint, pytest.raises(PcaError) as caught:
        service(endpoint.url, ca_bundle="missing.pem").call("ListTags", REQUEST)
    sentence = f"SSL validation failed for {endpoint.url}/ [Errno 2] No such file or directory"
    assert caught.value.message == sentence


def _tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
