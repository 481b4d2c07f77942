"""Words of the libraries that read manifests, which no user should meet: they speak of models and tokens."""

PYDANTIC = (
    "Input should",
    "Extra inputs",
    "Field required",
    "should be a valid",
    "String should",
    "Value error",
    "Unable to parse",
    "Invalid JSON",
    "validation error",
    "type=",
    "input_value",
    "tuple[",
    "PydanticCustom",
)
LIBYAML = (
    "block mapping",
    "block collection",
    "block end",
    "flow mapping",
    "flow sequence",
    "block sequence",
    "could not find expected",
    "did not find expected",
    "while scanning",
    "while parsing",
    "simple key",
    "cannot start any token",
    "found character",
    "found unknown escape",
    "mapping values are not allowed",
    "node content",
    "document start",
    "<document",
)
JSONSCHEMA = ("not valid under any", "is not of type", "is not one of [", "does not match '", "is too short")
FOREIGN = (*PYDANTIC, *LIBYAML, *JSONSCHEMA)


def foreign_words(finding):
    """Those that a finding holds; what it quotes from the file is the file's."""
    said = f"{finding.message} {finding.hint}"
    return [words for words in FOREIGN if words in said]
