from pcacli.cli.showing import printable


def test_a_name_cannot_move_the_cursor() -> None:
    assert printable("E\x1b[31mvil\r\n\0") == "E\\x1b[31mvil\\r\\n\\x00"


def test_tabs_and_letters_of_any_script_stay() -> None:
    assert printable("größe\t日本語") == "größe\t日本語"
