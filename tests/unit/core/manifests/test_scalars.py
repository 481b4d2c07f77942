import pytest

from modelops_git.core.manifests.scalars import ambiguity, as_number, core_value, is_json_number


@pytest.mark.parametrize("text", ["0", "-0", "12", "1.5", "-1.50", "1e5", "1E+5", "1.0e-07"])
def test_what_json_writes_as_a_number_is_one(text):
    assert is_json_number(text)
    assert as_number(text) == float(text)
    assert isinstance(as_number(text), int) == text.lstrip("-").isdigit()


@pytest.mark.parametrize(
    "text", ["", "+1", "01", ".5", "5.", "0x1F", "1_000", "NaN", ".nan", ".inf", "Infinity", "1e", "1\n", "١"]
)
def test_what_json_does_not_write_as_a_number_is_none(text):
    assert not is_json_number(text)
    with pytest.raises(ValueError, match="no number"):
        as_number(text)


def test_integers_end_at_what_doubles_keep():
    assert as_number("9007199254740991") == 2**53 - 1
    assert as_number("-9007199254740991") == 1 - 2**53
    for text in ("9007199254740992", "-9007199254740992", "9" * 6000):
        with pytest.raises(ValueError, match="2\\^53"):
            as_number(text)


def test_a_number_that_overflows_is_refused():
    assert as_number("1e308") == 1e308
    with pytest.raises(ValueError, match="too large"):
        as_number("1e309")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("Null", None),
        ("TRUE", True),
        ("false", False),
        ("yes", "yes"),
        ("012", 12),
        ("+5", 5),
        ("-0o14", "-0o14"),
        ("0o14", 12),
        ("0x1F", 31),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e5", 100000.0),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2026-06-02", "2026-06-02"),
    ],
)
def test_open_fields_have_the_types_of_yaml_1_2(text, value):
    found = core_value(text)
    assert found == value
    assert type(found) is type(value)
    assert core_value(text, "double") == core_value(text, "literal") == text


@pytest.mark.parametrize(
    "text", [".inf", "-.INF", ".nan", "1e999", "9007199254740992", "0xfffffffffffffffff"]
)
def test_numbers_that_json_does_not_have_are_refused(text):
    with pytest.raises(ValueError):
        core_value(text)


@pytest.mark.parametrize(
    ("sense", "texts"),
    [
        ("nothing (null)", ["", "~", "null", "NULL"]),
        ("a boolean", ["yes", "No", "ON", "off", "y", "N", "true", "False"]),
        (
            "a number",
            ["1.10", "012", "0o14", "0x1F", "1_000", "1e5", ".5", "5.", "-3", "+1", "0b101", "1.5e+3"],
        ),
        ("infinity or not a number", [".inf", "-.Inf", ".NaN"]),
        ("a number in base 60", ["12:30", "12:30:45", "-1:59.5", "08:00"]),
        ("a date", ["2026-06-02", "2026-6-2"]),
        ("a time", ["2026-06-02T15:30:00Z", "2026-06-02 15:30:00.5 +2", "2026-6-2t1:30:00-05:00"]),
        ("a default value", ["="]),
        ("a merge key", ["<<"]),
    ],
)
def test_what_some_reader_takes_for_something_else_is_named(sense, texts):
    assert {text: ambiguity(text) for text in texts} == dict.fromkeys(texts, sense)


@pytest.mark.parametrize(
    "text",
    [
        "1.2.3",
        "1.2.0-rc.1",
        "sha256:" + "0" * 64,
        "24h",
        "5%",
        "iris",
        "nope",
        "yes please",
        "1.2.3\n",
        "12:99",
        "v1",
        "-",
    ],
)
def test_plain_words_versions_digests_and_durations_are_text_to_all(text):
    assert ambiguity(text) == ""
