from hypothesis import given
from hypothesis import strategies as st

from modelops_git.core.findings import Edit, Place
from modelops_git.faces.reporting.regions import region_of_edit, region_of_place


def offset(text, line, column):
    """The offset of a line and column, as SARIF counts them."""
    before = text.split("\n")[: line - 1]
    return sum(len(row) + 1 for row in before) + column - 1


@given(st.text(alphabet="ab\n\r東🎉"), st.integers(0, 30), st.integers(0, 30))
def test_a_region_leads_back_to_the_offsets(text, one, other):
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    region = region_of_edit(text, Edit("a.yaml", start, end, ""))
    assert offset(text, region["startLine"], region["startColumn"]) == start
    assert offset(text, region["endLine"], region["endColumn"]) == end


def test_a_place_without_a_line_or_column_has_no_region_or_none():
    assert region_of_place(Place("a.yaml")) == {}
    assert region_of_place(Place("a.yaml", 3)) == {"region": {"startLine": 3}}
