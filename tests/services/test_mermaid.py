"""The charts of the steps, by the parser of Mermaid itself."""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest

from changes import canary, change, rollout, route
from modelops_git.core.journal.runs import Step
from modelops_git.faces.reporting.markdown.comment import comment

pytestmark = pytest.mark.slow
READ = """
import { JSDOM } from "jsdom";
globalThis.window = new JSDOM("").window;
globalThis.document = window.document;
const mermaid = (await import("mermaid")).default;
mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });
const found = [];
for (const text of JSON.parse(process.argv[2])) {
  try {
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    const links = db.getEdges().map((one) => [one.start, one.end, one.text]);
    found.push([[...db.getVertices().values()].map((one) => one.text), links]);
  } catch (error) {
    found.push(String(error));
  }
}
console.log(JSON.stringify(found));
"""
EVIL = '"] end <b>x</b> %%{init: {}}%% `|;\n click s1 "https://evil.example" #quot; 日本'


@pytest.fixture(scope="module")
def read(node, mermaid_modules):
    """Gives, for each chart, its boxes and its arrows."""

    def read_all(charts):
        path = mermaid_modules.parent / f"test-{os.getpid()}.mjs"
        path.write_text(READ)
        words = [node, path, json.dumps(charts)]
        done = subprocess.run(words, capture_output=True, check=False, encoding="utf-8")
        path.unlink()
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return read_all


def charts(*models):
    return re.findall(r"```mermaid\n(.*?)```", comment(change(*models)), re.DOTALL)


def shift(weight, **more):
    routes = (route("1.0.0", 100 - weight), route("1.1.0", weight, "candidate"))
    return Step(action="shift", routes=routes, **more)


LAST = Step(action="promote", routes=(route("1.1.0"),))


def test_the_steps_and_the_way_back_are_boxes_and_arrows(read):
    judged = ("serving-health", "drift")
    model = rollout(shift(5, lasts=600, analysis=judged), shift(50, until_resumed=True), LAST)
    ((boxes, links),) = read(charts(model))
    assert boxes == ["1.0.0 serves", "1. 5 % to 1.1.0<br>for 10m", "2. 50 % to 1.1.0", "1.1.0 serves"]
    assert links == [
        ["now", "s1", ""],
        ["s1", "s2", "serving-health, drift succeeds"],
        ["s2", "s3", "somebody resumes it"],
        ["s1", "now", "abort: one step back"],
        ["s2", "now", ""],
    ]


@pytest.mark.parametrize(
    "model",
    [
        rollout(LAST, before=(), action="create"),
        rollout(Step(action="retire", routes=()), after=(), action="retire"),
        rollout(*(shift(n + 1) for n in range(60)), LAST),
        rollout(
            Step(action="shift", routes=(route("1.0.0"), route("1.1.0", 0, "preview")), until_resumed=True),
            LAST,
        ),
        rollout(Step(action="shift", routes=(route("1.0.0"), route("1.1.0", 100, "mirror")))),
        rollout(shift(5, analysis=(EVIL,)), LAST),
        rollout(shift(5), LAST, before=(route(EVIL),), after=(route("1.1.0"), route(EVIL, 5, "candidate"))),
        rollout(shift(5, analysis=("end", "graph", "subgraph")), LAST),
    ],
)
def test_any_course_is_a_chart(model, read):
    (found,) = read(charts(model))
    assert isinstance(found, list), found
    boxes, links = found
    assert len(boxes) == 1 + min(len(model.action.steps), 24)
    assert len(links) >= len(boxes) - 1
    assert not any("evil.example" in box and "://" in box for box in boxes)


def test_courses_that_many_models_take_are_charts_too(read):
    assert all(isinstance(found, list) for found in read(charts(*map(canary, range(50)))))


def test_the_judge_refuses_what_is_none(read):
    assert read(['flowchart LR\n a["x'])[0].startswith("Error: Parse error")
