"""The settings in docs/serving.md have the names that other programs know, and point at `local serve`.

The names come from the documentation of the Terraform AWS provider (provider arguments, custom service endpoints), from
aws-privateca-issuer's Helm chart and CustomResourceDefinition, and from SPIRE's page on the plug-in aws_pca.
"""

import re
from typing import Any

from ruamel.yaml import YAML

from pcacli.service.serve_options import ServeOptions
from tests.support.documents import ROOT, in_language

PAGE = ROOT / "docs" / "serving.md"
DEFAULTS = ServeOptions._field_defaults
URL = f"http://{DEFAULTS['host']}:{DEFAULTS['port']}"

Block = dict[str, Any]


def read_hcl(text: str) -> Block:
    """Read the part of HCL that the page uses: attributes with simple values, and blocks, with their labels."""
    here: Block = {}
    above: list[Block] = []
    for line in text.splitlines():
        words = re.sub(r"\s+#.*", "", line).split()
        match words:
            case [*names, "{"]:
                above.append(here)
                here = here.setdefault(" ".join(names), {})
            case ["}"]:
                here = above.pop()
            case [name, "=", value]:
                here[name] = value.strip('"')
            case _:
                assert not words, line
    assert not above
    return here


def test_terraform_is_given_the_endpoint_and_told_to_ask_nobody_else() -> None:
    assert read_hcl(in_language(PAGE, "hcl")[0]) == {
        'provider "aws"': {
            "region": "us-east-1",
            "skip_credentials_validation": "true",
            "skip_requesting_account_id": "true",
            "skip_metadata_api_check": "true",
            "endpoints": {"acmpca": URL},
        }
    }


def test_spire_is_given_the_endpoint_and_a_ca() -> None:
    (plug_in,) = read_hcl(in_language(PAGE, "hcl")[1])['UpstreamAuthority "aws_pca"'].values()
    assert plug_in.pop("certificate_authority_arn").startswith("arn:aws:acm-pca:us-east-1:")
    assert plug_in == {"region": "us-east-1", "endpoint": URL}


def test_cert_manager_is_given_the_endpoint_the_ca_and_a_secret() -> None:
    documents = [YAML(typ="safe").load(text) for text in in_language(PAGE, "yaml")]
    (values,) = [document for document in documents if "env" in document]
    (issuer,) = [document for document in documents if "kind" in document]
    # The chart makes a variable of each name and value.
    assert values == {"env": {"AWS_ENDPOINT_URL_ACM_PCA": f"http://pcacli.internal:{DEFAULTS['port']}"}}
    assert (issuer["apiVersion"], issuer["kind"]) == ("awspca.cert-manager.io/v1beta1", "AWSPCAClusterIssuer")
    assert issuer["spec"].keys() == {"arn", "region", "secretRef"}
    assert issuer["spec"]["secretRef"].keys() == {"namespace", "name"}
    assert issuer["spec"]["arn"].split(":")[3] == issuer["spec"]["region"]
