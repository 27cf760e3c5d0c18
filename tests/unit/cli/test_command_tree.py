from pcacli.api.catalogue import OPERATIONS, WAITERS, command_name
from pcacli.cli.command_tree import Command, Place, command_tree

TREE = command_tree()


def command(*path: str) -> Command:
    return next(node for node in TREE.walk() if node.path == path)


def test_tree_holds_every_action_and_every_waiter() -> None:
    paths = {node.path for node in TREE.walk()}
    assert {(command_name(name),) for name in OPERATIONS} < paths
    assert {("wait", command_name(name)) for name in WAITERS} < paths


def test_tree_holds_the_commands_inside_groups_with_their_options_and_example() -> None:
    request = command("pki", "request")
    names = [name for option in request.options for name in option.names]
    assert {"--dns-name", "--key-algorithm", "--force"} <= set(names)
    assert request.example.startswith("pcacli --local pki request")
    assert request.page == "pcacli-pki-request"


def test_summaries_are_whole_sentences_without_a_full_stop() -> None:
    for node in TREE.walk():
        assert node.summary, node.name
        assert not node.summary.endswith("."), node.name


def test_values_come_from_choices_or_from_files() -> None:
    options = {option.names[0]: option for option in command("issue-certificate").options}
    assert "ML_DSA_65" in options["--signing-algorithm"].choices
    assert options["--csr"].place is Place.BINARY_FILE
    assert options["--validity"].place is Place.TEXT_FILE
    assert command("completion", "install").arguments[0].choices == ("bash", "zsh", "fish")
    assert options["--certificate-authority-arn"].place is Place.AUTHORITY


def test_only_lists_take_several_words() -> None:
    options = {option.names[0]: option for option in command("create-permission").options}
    assert options["--actions"].takes_many
    assert not options["--principal"].takes_many
