"""A shop in which a change is reviewed: rules, metrics, a canary that an analysis judges."""

from __future__ import annotations

from shop import Shop

METRIC = {
    "name": "error-rate",
    "provider": {"type": "file", "uri": "file:.modelops/metrics.json"},
    "ratio": {"of": "/${since_step}/errors", "over": "/${since_step}/requests"},
    "test": {"worse_when": "higher", "allowed_increase": "5%"},
}
STEPS = [
    {"weight": 10, "for": "1h", "analysis": ["serving-health"]},
    {"weight": 50, "for": "2h", "analysis": ["serving-health"]},
]
CANARY = {"type": "canary", "deadline": "24h", "steps": STEPS}
DATA = {"name": "iris-test", "sha256": "ab" * 32}


class Review(Shop):
    """The same with rules and groups, and changes on branches."""

    def registry(self, lease):
        registry = super().registry(lease)
        production = registry["environments"][1]
        production["controller"] = True
        groups = {"ml": ["github:ana", "github:bo"], "leads": ["github:lea", "github:max"]}
        return registry | {"groups": groups}

    def rule(self, count=1):
        """From now on so many leads must approve what goes to production."""
        registry = self.registry("1s")
        approvals = {"from": ["leads"], "count": count}
        rule = {"action": "promote", "environments": ["production"], "approvals": approvals}
        self.write("modelops.yaml", registry | {"rules": [rule]})
        self.merge("Rules")

    def model(self, name):
        goals = {"accuracy": {"evaluation": "holdout", "goal": "maximize"}}
        return super().model(name) | {"metrics": goals}

    def measured(self, number, accuracy, *, model="iris", data=DATA, depth=3, **more):
        """A version with metrics."""
        written = self.version(number, model=model, **more)
        written["training"]["hyperparameters"] = {"depth": depth, "trees": 100}
        latency = {"name": "latency", "kind": "latency", "metrics": {"latency_ms": 2.4}}
        holdout = {"name": "holdout", "kind": "performance", "data": data, "metrics": {"accuracy": accuracy}}
        self.write(f"models/{model}/versions/{number}.yaml", written | {"evaluations": [holdout, latency]})

    def analysis(self):
        head = {"api_version": "modelops/v1", "kind": "Analysis", "name": "serving-health"}
        self.write("analyses/serving-health.yaml", head | {"metrics": [METRIC]})

    def vouch(self, number, *, model="iris", author="Vic <vic@example.com>"):
        """A notice that says so, committed by somebody."""
        words = ("--type", "validation", "--reason", "Measured again by us.")
        self.modelops("notice", f"{model}@{number}", *words)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--author", author, "-m", "Validate")

    def branch(self, name="topic"):
        self.git("checkout", "--quiet", "-b", name)

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", "Change")

    def comment(self, *words, base="origin/main"):
        return self.modelops("comment", "--base", base, *words).out

    def reviewed(self, *words, base="origin/main"):
        return self.modelops("comment", "--base", base, "--format", "json", *words).data
