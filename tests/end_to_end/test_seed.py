"""`pcacli local seed` as its users see it."""

from tests.support.command_line import Pcacli

SEED = """
CertificateAuthorities:
  - Name: root
  - {Name: issuing, Issuer: root, Tags: [{Key: stage, Value: test}]}
"""


def write(pcacli: Pcacli, text: str = SEED) -> str:
    (pcacli.work / "seed.yaml").write_text(text)
    return "seed.yaml"


def test_the_first_run_makes_the_store_and_the_second_changes_nothing(pcacli: Pcacli) -> None:
    file = write(pcacli)
    first = pcacli.run("local", "seed", file)
    assert first.err == f"pcacli: Created a store for the embedded authority in {pcacli.store}\n"
    lines = [line.split("\t") for line in first.out.splitlines()]
    assert [(name, changes) for name, _, changes in lines] == [("root", "created"), ("issuing", "created")]
    assert pcacli.ok("local", "seed", file) == first.out.replace("\tcreated", "\tunchanged")
    query = ("--query", "CertificateAuthorities[].[Arn, Status]")
    listed = pcacli.text("list-certificate-authorities", *query).splitlines()
    assert listed == [f"{arn}\tACTIVE" for _, arn, _ in lines]


def test_the_arns_are_data_with_output_or_query(pcacli: Pcacli) -> None:
    arn = pcacli.text("local", "seed", write(pcacli), "--query", "[?Name=='issuing'].CertificateAuthorityArn | [0]")
    assert pcacli.json("list-tags", "--certificate-authority-arn", arn)["Tags"] == [{"Key": "stage", "Value": "test"}]


def test_a_file_can_come_from_standard_input(pcacli: Pcacli) -> None:
    assert pcacli.shell(f"pcacli local seed - <<'END'\n{SEED}\nEND").out.count("created") == 2


def test_a_mistake_in_the_file_makes_nothing_and_is_named_with_its_path(pcacli: Pcacli) -> None:
    refused = pcacli.run("local", "seed", write(pcacli, SEED.replace("Issuer: root", "Issuer: rot")))
    assert (refused.exit_code, refused.out) == (252, "")
    assert refused.err.endswith(
        "seed.yaml: CertificateAuthorities[1].Issuer: there is no CA 'rot' further up in the file.\n"
    )
    assert not pcacli.store.exists()


def test_a_file_that_is_not_there_is_a_wrong_command_line(pcacli: Pcacli) -> None:
    refused = pcacli.run("local", "seed", "missing.yaml")
    assert refused.exit_code == 252
    assert "missing.yaml" in refused.err


def test_a_ca_that_cannot_become_what_the_file_says_is_left_and_the_answer_is_no(pcacli: Pcacli) -> None:
    pcacli.ok("local", "seed", write(pcacli))
    short_lived = SEED.replace("- Name: root", "- {Name: root, UsageMode: SHORT_LIVED_CERTIFICATE}")
    refused = pcacli.run("local", "seed", write(pcacli, short_lived))
    assert refused.exit_code == 1
    assert "There is a CA 'root' already, but it is GENERAL_PURPOSE" in refused.err
