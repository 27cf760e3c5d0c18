"""Key and signing algorithms: the tables, which fit together, and what keys come out."""

import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from pcacli.api.algorithms import KEY_ALGORITHM, SIGNING_ALGORITHM
from pcacli.errors import ServiceError
from pcacli.pki.algorithms import (
    KEY_ALGORITHMS,
    SIGNING_ALGORITHMS,
    check_signing_algorithm,
    customary_signing_algorithm,
    generate_private_key,
    key_algorithm_of,
    signature_parameters,
)

MODULES_OF_REFUSALS = ("algorithms", "templates", "validity", "path_length", "names", "requested_extensions", "csr")


def test_tables_have_the_algorithms_of_the_api() -> None:
    assert set(KEY_ALGORITHMS) == set(KEY_ALGORITHM.choices)
    assert set(SIGNING_ALGORITHMS) == set(SIGNING_ALGORITHM.choices)


@pytest.mark.parametrize("key_algorithm", KEY_ALGORITHMS)
def test_every_key_has_a_customary_signing_algorithm_that_fits_it(key_algorithm: str) -> None:
    chosen = SIGNING_ALGORITHMS[customary_signing_algorithm(key_algorithm)]
    assert (chosen.family, chosen.pss) == (KEY_ALGORITHMS[key_algorithm].family, False)


@pytest.mark.fact("3.2", "keys")
@pytest.mark.parametrize("key_algorithm", [name for name in KEY_ALGORITHMS if name not in {"SM2", "RSA_4096"}])
def test_generated_key_is_of_the_algorithm(key_algorithm: str) -> None:
    assert key_algorithm_of(generate_private_key(key_algorithm).public_key()) == key_algorithm


def test_key_that_no_ca_may_have_has_no_name() -> None:
    assert key_algorithm_of(ec.generate_private_key(ec.SECP256K1()).public_key()) is None
    assert key_algorithm_of(rsa.generate_private_key(65537, 1024).public_key()) is None


@pytest.mark.fact("3.2", "family")
@pytest.mark.parametrize(
    ("key_algorithm", "fitting"),
    [
        ("RSA_3072", {name for name in SIGNING_ALGORITHMS if "RSA" in name}),
        ("EC_secp384r1", {"SHA256WITHECDSA", "SHA384WITHECDSA", "SHA512WITHECDSA"}),
        ("ML_DSA_65", {"ML_DSA_65"}),
    ],
)
def test_signing_algorithm_must_be_of_the_family_of_the_key(key_algorithm: str, fitting: set[str]) -> None:
    for signing_algorithm in fitting:
        check_signing_algorithm(signing_algorithm, key_algorithm)
    for signing_algorithm in set(SIGNING_ALGORITHMS) - fitting:
        with pytest.raises(ServiceError, match="cannot be used with key type") as refusal:
            check_signing_algorithm(signing_algorithm, key_algorithm)
        assert refusal.value.code == "InvalidArgsException"


@pytest.mark.fact("3.2", "refusal")
def test_refusal_of_a_signing_algorithm_has_the_observed_sentence() -> None:
    with pytest.raises(ServiceError, match="cannot be used") as refusal:
        check_signing_algorithm("SHA384WITHECDSA", "RSA_2048")
    assert refusal.value.message == (
        "Signing algorithm SHA384WITHECDSA cannot be used with key type RSA_2048. "
        "Valid signing algorithms are: SHA256WITHRSA, SHA384WITHRSA, SHA512WITHRSA."
    )


@pytest.mark.fact("3.2", "keys")
def test_sm2_is_refused_outside_china() -> None:
    for refused in (lambda: generate_private_key("SM2"), lambda: check_signing_algorithm("SM3WITHSM2", "SM2")):
        with pytest.raises(ServiceError, match="Key algorithm SM2 is not supported in this region") as refusal:
            refused()
        assert refusal.value.code == "InvalidArgsException"


def test_only_pss_has_a_padding_of_its_own() -> None:
    padded = {name for name in SIGNING_ALGORITHMS if signature_parameters(name).rsa_padding is not None}
    assert padded == {"SHA256WITHRSA_PSS", "SHA384WITHRSA_PSS", "SHA512WITHRSA_PSS"}


@pytest.mark.parametrize("module", [*MODULES_OF_REFUSALS, "issuance"])
def test_module_loads_no_cryptographic_library_before_it_is_needed(module: str) -> None:
    program = f"import sys, pcacli.pki.{module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert f"pcacli.pki.{module}" in loaded
    assert {"cryptography", "dataclasses", "ipaddress"}.isdisjoint(loaded)
