from modelops_git.core.findings import Finding, Place, Severity
from modelops_git.faces.reporting.fingerprints import fingerprints


def finding(message, line=1, path="a.yaml"):
    return Finding("MOG103", "duplicate-key", Severity.ERROR, message, Place(path, line, 1))


def test_findings_that_are_alike_are_told_apart_by_their_order():
    alike = [finding("m", 1), finding("m", 2), finding("m", 3)]
    first, second, third = fingerprints(alike)
    assert len({first, second, third}) == 3
    assert fingerprints(alike[1:]) == [first, second]


def test_numbers_of_lines_in_a_sentence_do_not_count_and_other_numbers_do():
    one, two = fingerprints([finding("The key is in line 3 too."), finding("The key is in line 14 too.")])
    again, other = fingerprints([finding("The key is in line 99 too."), finding("Has 3 steps.")])
    assert one == again
    assert len({one, two, other}) == 3
    assert fingerprints([finding("Has 4 steps.")]) != [other]


def test_any_path_has_a_fingerprint():
    assert len(fingerprints([finding("\udcff", path="\udcff\x00")])[0]) == 64
