"""What the gateway answers, by what is live."""

from __future__ import annotations

import json
import threading
from collections import Counter
from functools import partial

import numpy as np
import pytest
from starlette.testclient import TestClient

from fakegateway import MODEL, Assign, FakeLive, FakeLog, eventually, route
from modelops_git.core.serving.prediction_ids import read_prediction_id
from modelops_git.faces.gateway import app
from modelops_git.faces.gateway.answering import Answering
from modelops_git.faces.gateway.app import Parts, application
from modelops_git.faces.gateway.metrics import Metrics
from modelops_git.faces.gateway.recording import Records
from modelops_git.faces.gateway.settings import Limits

FLOWER = [5.0, 3.0, 1.5, 0.5]
PREDICT, INFER = f"/models/{MODEL}/predict", f"/v2/models/{MODEL}/infer"


class Gateway:
    """An application on fakes."""

    def __init__(self, limits):
        self.live, self.log, self.metrics = FakeLive(), FakeLog(), Metrics("production")
        self.serve = self.live.serve
        records = Records("production", self.metrics, self.log)
        self.answering = Answering(self.live, records, self.metrics, limits)
        self.parts = Parts(
            environment="production",
            live=self.live,
            answering=self.answering,
            metrics=self.metrics,
            log=self.log,
            limits=limits,
            begin=lambda: None,
            end=lambda: None,
        )
        self.client = TestClient(application(self.parts))

    def predict(self, body=None, **headers):
        return self.client.post(PREDICT, json={"instance": FLOWER} if body is None else body, headers=headers)

    def infer(self, data=FLOWER, **more):
        tensor = {"name": "X", "datatype": "FP32", "shape": [1, 4], "data": data}
        return self.client.post(INFER, json={"inputs": [tensor | more]})

    def metric(self, name, **labels):
        return self.metrics.registry.get_sample_value(name, labels)


@pytest.fixture
def start():
    """Starts gateways, and ends them."""
    gateways = []

    def start(**limits):
        gateways.append(Gateway(Limits(**limits)))
        return gateways[-1]

    yield start
    for gateway in gateways:
        for routing in gateway.live.routings.values():
            for version in routing.versions.values():
                version.gate.set()
        gateway.answering.close()


@pytest.fixture
def gateway(start):
    return start()


def by(gateway, count, ask=None):
    """How many of so many answers came from each version."""
    ask = ask or gateway.predict
    return Counter(ask().json()["version"] for _ in range(count))


def test_an_answer_says_by_what_it_was_made(gateway):
    gateway.serve(route("1.0.0"))
    answer = gateway.predict()
    said = answer.json()
    assert (answer.status_code, said["prediction"]) == (200, {"sum": 10.0, "by": "1.0.0"})
    digest = route("1.0.0").digest
    assert (said["model"], said["version"], said["digest"], said["role"]) == (
        MODEL,
        "1.0.0",
        digest,
        "stable",
    )
    assert answer.headers["Modelops-Model"] == MODEL
    assert answer.headers["Modelops-Version"] == "1.0.0"
    assert answer.headers["Modelops-Digest"] == digest
    assert answer.headers["Modelops-Prediction"] == said["prediction_id"]
    assert read_prediction_id(said["prediction_id"]).digest == digest.removeprefix("sha256:")[:12]


def test_several_instances_have_several_predictions(gateway):
    gateway.serve(route("1.0.0"))
    said = gateway.predict({"instances": [FLOWER, [1, 1, 1, 1]]}).json()
    assert [one["sum"] for one in said["predictions"]] == [10.0, 4]


def test_requests_are_shared_out_by_weight(gateway):
    gateway.serve(route("1.0.0", weight=70), route("1.1.0", "candidate", 30))
    answered = by(gateway, 200)
    assert 25 < answered["1.1.0"] < 95, "by chance it is further off once in ten million runs"
    assert answered["1.0.0"] + answered["1.1.0"] == 200


@pytest.mark.parametrize(
    ("assign", "headers"),
    [
        (Assign(header="X-User-Id"), lambda user: {"x-user-id": user}),
        (Assign(cookie="user"), lambda user: {"Cookie": f"other=1; user={user}"}),
    ],
)
def test_a_caller_always_meets_the_same_version(gateway, assign, headers):
    gateway.serve(route("1.0.0", weight=50), route("1.1.0", "candidate", 50, assign))
    met = {user: by(gateway, 5, partial(gateway.predict, **headers(f"user-{user}"))) for user in range(40)}
    assert all(len(versions) == 1 for versions in met.values())
    assert {next(iter(versions)) for versions in met.values()} == {"1.0.0", "1.1.0"}
    assert {record["key"] for record in gateway.log.records} == {f"user-{user}" for user in range(40)}


def test_chance_decides_about_a_caller_who_says_nothing(gateway):
    gateway.serve(route("1.0.0", weight=50), route("1.1.0", "candidate", 50, Assign(header="X-User-Id")))
    assert set(by(gateway, 60)) == {"1.0.0", "1.1.0"}
    assert "key" not in gateway.log.records[0]


def test_a_preview_answers_those_who_ask_for_it(gateway):
    gateway.serve(route("1.0.0"), route("2.0.0", "preview", 0))
    assert by(gateway, 20) == {"1.0.0": 20}
    assert gateway.predict(**{"Modelops-Preview": "true"}).json()["role"] == "preview"


def test_asking_for_a_preview_where_there_is_none_is_answered_by_what_is_live(gateway):
    gateway.serve(route("1.0.0"))
    assert gateway.predict(**{"Modelops-Preview": "true"}).json()["version"] == "1.0.0"


def test_a_mirror_is_shown_requests_and_answers_none(gateway):
    gateway.serve(route("1.0.0"), route("2.0.0", "mirror", 100))
    answer = gateway.predict().json()
    assert answer["version"] == "1.0.0"
    assert eventually(lambda: len(gateway.log.records) == 2)
    live, shadow = gateway.log.records
    assert shadow["shadow_of"] == live["id"] == answer["prediction_id"]
    assert (shadow["role"], shadow["version"]) == ("mirror", "2.0.0")
    assert shadow["output"] == [{"sum": 10.0, "by": "2.0.0"}]
    assert "shadow_of" not in live


def test_a_mirror_that_fails_or_hangs_is_nobodys_trouble(start):
    gateway = start(shadow_bytes=3000)
    versions = gateway.serve(route("1.0.0"), route("2.0.0", "mirror", 100))
    versions["2.0.0"].gate.clear()
    versions["2.0.0"].fails = True
    assert {gateway.predict().status_code for _ in range(10)} == {200}
    assert gateway.metric("modelops_mirror_requests_dropped_total", model=MODEL) == 8
    versions["2.0.0"].gate.set()
    shown = [record for record in gateway.log.records if record["role"] == "mirror"]
    assert eventually(lambda: len([one for one in gateway.log.records if one["role"] == "mirror"]) == 2), (
        shown
    )


def test_a_candidate_that_could_not_be_loaded_is_stood_in_for(gateway):
    gateway.serve(route("1.0.0", weight=50), route("1.1.0", "candidate", 50))
    routing = gateway.live.routings[MODEL]
    loaded = {route("1.0.0").digest: routing.versions[route("1.0.0").digest]}
    gateway.live.routings[MODEL] = routing._replace(versions=loaded)
    assert by(gateway, 40) == {"1.0.0": 40}


def test_a_version_that_fails_says_so_and_not_why(gateway):
    gateway.serve(route("1.0.0"))["1.0.0"].fails = True
    answer = gateway.predict()
    assert answer.status_code == 500
    assert answer.json()["error"] == f"{MODEL} 1.0.0 has failed"
    assert "secret" not in answer.text
    assert gateway.log.records[0]["error"] == "the secret of why"
    labels = {
        "environment": "production",
        "model": MODEL,
        "version": "1.0.0",
        "digest": route("1.0.0").digest,
        "role": "stable",
    }
    assert gateway.metric("modelops_requests_total", status="error", **labels) == 1
    assert gateway.metric("modelops_request_duration_seconds_count", **labels) == 1


def test_a_version_that_takes_too_long_is_not_waited_for(start):
    gateway = start(seconds=0.05)
    gateway.serve(route("1.0.0"))["1.0.0"].gate.clear()
    answer = gateway.predict()
    assert answer.status_code == 504
    assert answer.json()["error"] == f"{MODEL} 1.0.0 has not answered in 0.05 seconds"


def test_more_requests_than_allowed_are_turned_away(start):
    gateway = start(in_flight=0)
    gateway.serve(route("1.0.0"))
    assert gateway.predict().status_code == 503
    assert gateway.metric("modelops_requests_turned_away_total") == 1


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"instance": [1, 2, "a", 4]}, 422, "/instance/2"),
        ({"instances": [FLOWER, [1, True, 3, 4]]}, 422, "/instances/1/1"),
        ({"instances": [FLOWER, 3]}, 422, "/instances/1"),
        ({"instances": []}, 422, "/instances"),
        ({"instances": FLOWER[0]}, 422, ""),
        ({"instances": [FLOWER], "instance": FLOWER}, 422, ""),
        ({}, 422, ""),
    ],
)
def test_what_the_interface_does_not_take_is_refused_where_it_is(gateway, body, status, pointer):
    gateway.serve(route("1.0.0"))
    answer = gateway.predict(body)
    assert (answer.status_code, answer.json()["pointer"]) == (status, pointer)
    assert answer.json()["error"]
    assert gateway.log.records[0]["status"] == status


@pytest.mark.parametrize("path", [PREDICT, INFER])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"a":NaN}'])
def test_what_is_no_json_object_is_refused(gateway, path, body):
    gateway.serve(route("1.0.0"))
    answer = gateway.client.post(path, content=body)
    assert answer.status_code in (400, 422)
    assert answer.json()["error"]


def test_a_body_that_is_too_long_is_refused_whether_it_says_so_or_not(start):
    gateway = start(body=100)
    gateway.serve(route("1.0.0"))

    def pieces():
        for _ in range(30):
            yield b"x" * 10

    assert gateway.client.post(PREDICT, content=b"x" * 101).status_code == 413
    assert gateway.client.post(PREDICT, content=pieces()).status_code == 413
    assert gateway.predict().status_code == 200


def test_a_packed_body_is_refused(gateway):
    gateway.serve(route("1.0.0"))
    answer = gateway.client.post(PREDICT, content=b"{}", headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/models/nobody/predict",
        "/models/../../etc/passwd/predict",
        f"/v2/models/{MODEL}/versions/9.9.9/infer",
    ],
)
def test_what_is_not_served_is_not_found(gateway, path):
    gateway.serve(route("1.0.0"))
    answer = gateway.client.post(path, json={"instance": FLOWER})
    assert answer.status_code == 404
    assert answer.json()["error"]
    assert gateway.log.records == []


def test_another_method_or_path_is_refused_in_json(gateway):
    assert gateway.client.get(PREDICT).status_code == 405
    assert gateway.client.get("/").json() == {"error": "there is no such path"}


# --- the Open Inference Protocol ---------------------------------------------------------------------------


def test_tensors_come_and_go(gateway):
    gateway.serve(route("1.0.0"))
    said = gateway.infer([5.0, 3.0, 1.5, 0.5]).json()
    assert (said["model_name"], said["model_version"]) == (MODEL, "1.0.0")
    assert said["outputs"] == [{"name": "sum", "datatype": "FP32", "shape": [1], "data": [10.0]}]
    assert said["parameters"]["digest"] == route("1.0.0").digest
    assert said["id"] == said["parameters"]["prediction_id"]
    (record,) = gateway.log.records
    assert (record["input"], record["output"], record["instances"]) == ([[5.0, 3.0, 1.5, 0.5]], [10.0], 1)


def test_the_callers_own_id_comes_back(gateway):
    gateway.serve(route("1.0.0"))
    tensor = {"name": "X", "datatype": "FP32", "shape": [1, 4], "data": FLOWER}
    answer = gateway.client.post(INFER, json={"id": "mine", "inputs": [tensor]}).json()
    assert answer["id"] == "mine"
    assert answer["parameters"]["prediction_id"] != "mine"


def test_a_version_can_be_asked_for_by_name(gateway):
    gateway.serve(route("1.0.0", weight=99), route("1.1.0", "candidate", 1), route("2.0.0", "mirror", 1))
    tensor = {"name": "X", "datatype": "FP32", "shape": [1, 4], "data": FLOWER}

    def ask(version):
        path = f"/v2/models/{MODEL}/versions/{version}/infer"
        return gateway.client.post(path, json={"inputs": [tensor]})

    assert ask("1.1.0").json()["model_version"] == "1.1.0"
    assert ask("2.0.0").status_code == 404, "a mirror answers nobody"


def test_binary_tensors_come_and_go(gateway):
    gateway.serve(route("1.0.0"))
    data = np.array([FLOWER, FLOWER], "<f4").tobytes()
    head = {
        "inputs": [
            {"name": "X", "datatype": "FP32", "shape": [2, 4], "parameters": {"binary_data_size": len(data)}}
        ],
        "outputs": [{"name": "sum", "parameters": {"binary_data": True}}],
    }
    text = json.dumps(head).encode()
    headers = {"Inference-Header-Content-Length": str(len(text))}
    answer = gateway.client.post(INFER, content=text + data, headers=headers)
    length = int(answer.headers["Inference-Header-Content-Length"])
    said = json.loads(answer.content[:length])
    assert said["outputs"][0]["parameters"] == {"binary_data_size": 8}
    assert np.frombuffer(answer.content[length:], "<f4").tolist() == [10.0, 10.0]
    assert answer.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"name": "Y"}, "/inputs/0/name"),
        ({"datatype": "FP64"}, "/inputs/0/datatype"),
        ({"datatype": "FP33"}, "/inputs/0/datatype"),
        ({"shape": [4]}, "/inputs/0/shape"),
        ({"shape": [1, 5]}, "/inputs/0/data"),
        ({"shape": [2, 2]}, "/inputs/0/shape"),
        ({"data": ["a", 1, 2, 3]}, "/inputs/0/data"),
        ({"parameters": {"binary_data_size": 16}}, "/inputs/0"),
    ],
)
def test_tensors_that_do_not_fit_are_refused_where_they_are(gateway, more, pointer):
    gateway.serve(route("1.0.0"))
    answer = gateway.infer(**more)
    assert (answer.status_code, answer.json()["pointer"]) == (422, pointer)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"inputs": {}},
        {"inputs": []},
        {"inputs": [3]},
        {"inputs": [{"name": "X", "datatype": "FP32", "shape": [1, 4], "data": FLOWER}] * 2},
        {"inputs": [{"name": "X", "datatype": "FP32", "shape": [1, 4], "data": FLOWER}], "id": 3},
        {"inputs": [{"name": "X", "datatype": "FP32", "shape": [1, 4], "data": FLOWER}], "outputs": [1]},
        {
            "inputs": [{"name": "X", "datatype": "FP32", "shape": [1, 4], "data": FLOWER}],
            "outputs": [{"name": "other"}],
        },
    ],
)
def test_requests_that_make_no_sense_are_refused(gateway, body):
    gateway.serve(route("1.0.0"))
    answer = gateway.client.post(INFER, json=body)
    assert (answer.status_code, bool(answer.json()["error"])) == (422, True)


@pytest.mark.parametrize("length", ["-1", "x", "999999", "", "9" * 30])
def test_a_header_length_that_makes_no_sense_is_refused(gateway, length):
    gateway.serve(route("1.0.0"))
    headers = {"Inference-Header-Content-Length": length}
    assert gateway.client.post(INFER, content=b"{}", headers=headers).status_code == 400


def test_it_says_what_it_is_and_what_it_serves(gateway):
    gateway.serve(route("1.0.0", weight=95), route("1.1.0", "candidate", 5), route("2.0.0", "mirror", 10))
    get = gateway.client.get
    assert get("/v2").json()["extensions"] == ["binary_tensor_data"]
    assert get("/v2/health/live").status_code == 200
    assert get("/v2/health/ready").status_code == 200
    about = get(f"/v2/models/{MODEL}").json()
    assert (about["name"], about["versions"], about["platform"]) == (MODEL, ["1.0.0", "1.1.0"], "onnx")
    assert about["inputs"] == [{"name": "X", "datatype": "FP32", "shape": [-1, 4]}]
    assert get(f"/v2/models/{MODEL}/versions/1.1.0").json()["versions"] == ["1.1.0"]
    assert get(f"/v2/models/{MODEL}/versions/1.1.0/ready").status_code == 200
    assert get(f"/v2/models/{MODEL}/ready").status_code == 200
    assert get("/v2/models/nobody/ready").status_code == 400
    assert get("/v2/models/nobody").status_code == 404
    (model,) = get("/models").json()["models"]
    assert [(one["version"], one["weight"], one["loaded"]) for one in model["routes"]] == [
        ("1.0.0", 95, True),
        ("1.1.0", 5, True),
        ("2.0.0", 10, True),
    ]


def test_it_is_not_ready_before_it_has_loaded(gateway):
    gateway.live.is_settled = False
    assert gateway.client.get("/v2/health/ready").status_code == 400
    assert gateway.client.get("/v2/health/live").status_code == 200


def test_it_is_ready_where_there_is_nothing_to_serve(gateway):
    assert gateway.client.get("/v2/health/ready").status_code == 200


def test_counts_are_for_prometheus(gateway):
    gateway.serve(route("1.0.0"))
    gateway.predict()
    text = gateway.client.get("/metrics").text
    assert f'model="{MODEL}",role="stable",status="ok",version="1.0.0"}} 1.0' in text
    assert "modelops_request_duration_seconds_bucket" in text


# --- feedback ----------------------------------------------------------------------------------------------


def test_what_turned_out_to_be_true_is_logged(gateway):
    gateway.serve(route("1.0.0"))
    made = gateway.predict().json()["prediction_id"]
    answer = gateway.client.post(f"/models/{MODEL}/feedback", json={"prediction_id": made, "truth": 2})
    assert answer.status_code == 202
    (truth,) = gateway.log.truths
    assert (truth["id"], truth["truth"], truth["model"]) == (made, 2, MODEL)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"truth": 1}, "/prediction_id"),
        ({"prediction_id": "../x", "truth": 1}, "/prediction_id"),
        ({"prediction_id": ["a"], "truth": 1}, "/prediction_id"),
        ({"prediction_id": "0" * 12 + "-" + "0" * 12 + "-" + "0" * 12}, "/truth"),
    ],
)
def test_feedback_that_makes_no_sense_is_refused(gateway, body, pointer):
    gateway.serve(route("1.0.0"))
    answer = gateway.client.post(f"/models/{MODEL}/feedback", json=body)
    assert (answer.status_code, answer.json()["pointer"]) == (422, pointer)
    assert gateway.log.truths == []


# --- what strangers send, and what models do ---------------------------------------------------------------


def test_a_version_that_hangs_is_not_asked_again_and_others_are(start):
    gateway = start(threads=2, seconds=0.05)
    slow = gateway.live.serve(route("1.0.0"))["1.0.0"]
    gateway.live.serve(route("2.0.0"), model="other")
    slow.gate.clear()
    assert [gateway.predict().status_code for _ in range(5)] == [504, 504, 503, 503, 503]
    assert len(slow.asked) == 2
    answer = gateway.client.post("/models/other/predict", json={"instance": FLOWER})
    assert answer.status_code == 200, "the threads that hang are replaced"
    assert [record["status"] for record in gateway.log.records] == [504, 504, 503, 503, 503, 200]
    assert gateway.log.records[2]["error"] == f"{MODEL} 1.0.0 hangs"
    slow.gate.set()
    assert eventually(lambda: gateway.predict().status_code == 200)


def test_what_nobody_thought_of_is_an_error_of_the_version(gateway):
    version = gateway.live.serve(route("1.0.0"))["1.0.0"]
    version.predict = lambda _: [object()]
    answer = gateway.predict()
    assert (answer.status_code, answer.json()["error"]) == (500, f"{MODEL} 1.0.0 has failed")
    (record,) = gateway.log.records
    assert record["status"] == 500
    assert "not JSON serializable" in record["error"]


def test_a_mirror_is_shown_requests_after_one_that_went_wrong(gateway):
    versions = gateway.live.serve(route("1.0.0"), route("2.0.0", "mirror"))
    versions["2.0.0"].predict = lambda _: [object()]
    gateway.predict()
    gateway.predict()
    assert eventually(lambda: len(gateway.log.records) == 4)
    assert sorted(record["status"] for record in gateway.log.records) == [200, 200, 500, 500]


def test_too_many_instances_are_refused_before_any_is_looked_at(gateway):
    version = gateway.live.serve(route("1.0.0"))["1.0.0"]
    looked = []
    version.refusal = looked.append
    answer = gateway.predict({"instances": [1] * 65_537})
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/instances")
    assert not looked


def test_what_does_not_fit_the_tensors_is_pointed_to_in_the_request(gateway):
    gateway.live.serve(route("1.0.0"))
    assert gateway.predict({"instance": [1.0]}).json()["pointer"] == "/instance"
    assert gateway.predict({"instances": [[1.0]]}).json()["pointer"] == "/instances/0"


def test_an_output_is_given_once(gateway):
    gateway.live.serve(route("1.0.0"))
    body = {
        "inputs": [{"name": "X", "datatype": "FP32", "shape": [1, 4], "data": FLOWER}],
        "outputs": [{"name": "sum"}] * 2,
    }
    answer = gateway.client.post(INFER, json=body)
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/outputs")


def test_bodies_take_no_more_memory_together_than_said(start, monkeypatch):
    monkeypatch.setattr(app, "ROOM", 1000)
    gateway = start(body=1000)
    version = gateway.live.serve(route("1.0.0"))["1.0.0"]
    version.gate.clear()
    body = json.dumps({"instance": FLOWER}) + " " * 600
    first = threading.Thread(target=gateway.client.post, args=(PREDICT,), kwargs={"content": body})
    with gateway.client:  # one loop for both
        first.start()
        assert eventually(lambda: version.asked)
        answer = gateway.client.post(PREDICT, content=body)
        assert (answer.status_code, answer.json()["error"]) == (503, "too much is sent at once")
        version.gate.set()
        first.join(10)
        assert gateway.client.post(PREDICT, content=body).status_code == 200, "the room was given back"


@pytest.mark.parametrize(("patience", "looks"), [(0, 0), (60, 3)])
def test_one_of_several_processes_takes_requests_once_all_is_loaded(patience, looks):
    class Loading:
        looked = 0

        @property
        def is_settled(self):
            self.looked += 1
            return self.looked >= 3

    gateway, live = Gateway(Limits()), Loading()
    parts = gateway.parts._replace(live=live, patience=patience)
    with TestClient(application(parts)):
        assert live.looked == looks
