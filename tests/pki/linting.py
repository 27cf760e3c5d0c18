"""pkilint's findings, from warnings upwards, on certificates, CRLs and OCSP responses.

The validators are put together as in pkilint's own programs `lint_pkix_cert`, `lint_crl` and `lint_ocsp_response`,
whose options leave the files that they read open.
"""

from functools import cache
from typing import Any, NamedTuple

from pkilint import loader, pkix
from pkilint.pkix import certificate, crl, extension, name, ocsp
from pkilint.validation import ValidationFindingSeverity


class Finding(NamedTuple):
    """What pkilint calls a problem, and the path of the node that has it."""

    code: str
    path: str
    message: str | None


def certificate_findings(der: bytes) -> list[Finding]:
    return _findings(_certificate_validator(), loader.load_certificate(der, "certificate"))


def crl_findings(der: bytes) -> list[Finding]:
    return _findings(_crl_validator(), loader.load_crl(der, "CRL"))


def ocsp_findings(der: bytes) -> list[Finding]:
    return _findings(_ocsp_validator(), loader.load_ocsp_response(der, "OCSP response"))


def _findings(validator: Any, document: Any) -> list[Finding]:
    return [
        Finding(described.finding.code, result.node.path, described.message)
        for result in validator.validate(document.root)
        for described in result.finding_descriptions
        if described.finding.severity <= ValidationFindingSeverity.WARNING  # The most severe is 0.
    ]


@cache
def _certificate_validator() -> Any:
    return certificate.create_pkix_certificate_validator_container(
        certificate.create_decoding_validators(name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS),
        [
            certificate.create_issuer_validator_container([]),
            certificate.create_validity_validator_container(),
            certificate.create_subject_validator_container([]),
            certificate.create_extensions_validator_container([]),
            certificate.create_spki_validator_container([]),
        ],
    )


@cache
def _crl_validator() -> Any:
    return crl.create_pkix_crl_validator_container(
        _decoders(),
        [
            crl.create_issuer_validator_container([]),
            crl.create_validity_validator_container([]),
            crl.create_extensions_validator_container([]),
        ],
    )


@cache
def _ocsp_validator() -> Any:
    return ocsp.create_pkix_ocsp_response_validator_container([ocsp.create_response_decoder(), *_decoders()], [])


def _decoders() -> list[Any]:
    return [
        pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
        pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
    ]
