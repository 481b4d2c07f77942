"""The page on documents with measurements: its schema takes its examples, and so does the reader."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from measuring import metric, question
from modelops_git.core.errors import MetricsError
from modelops_git.edges.metrics.document import answers

PAGE = Path(__file__).resolve().parents[3] / "docs/reference/measurements.md"
SCHEMA, *EXAMPLES = (json.loads(one) for one in re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL))
ASKED = question(metric(failure_condition="candidate > 0.5"), 5)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_what_the_schema_says(example):
    jsonschema.validate(example, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert answers(json.dumps(example).encode(), "page", ASKED)


@pytest.mark.parametrize("document", [3, [{}], {"at": "now"}, [{"at": None}], {"at": 3}])
def test_what_the_schema_refuses_the_reader_refuses(document):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA, cls=jsonschema.Draft202012Validator)
    with pytest.raises(MetricsError):
        answers(json.dumps(document).encode(), "page", ASKED)
