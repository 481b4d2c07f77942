"""The process itself: it begins and ends fast, and nothing is lost by that."""

import subprocess
import sys

END = """
import gc, sys
from modelops_git.__main__ import main
sys.argv = ["modelops", "--version"]
code = main()
print(code, gc.get_freeze_count() > len(gc.get_objects()), flush=True)
"""


def test_the_collector_is_not_asked_to_look_through_what_is_left_at_the_end():
    done = subprocess.run([sys.executable, "-c", END], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 True"


WITHOUT_PLUGINS = """
import sys
from modelops_git.__main__ import main
sys.argv = ["modelops", "schema", "Model"]
code = main()
print(code, "pydantic" in sys.modules, "importlib.metadata" in sys.modules, flush=True)
"""


def test_pydantic_does_not_import_what_it_would_look_for_plugins_with():
    done = subprocess.run([sys.executable, "-c", WITHOUT_PLUGINS], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 True False"


def test_pydantic_finds_in_its_own_module_whatever_else_it_may_ask_of_it():
    script = """
import sys
from modelops_git.__main__ import PLUGINS, NoPlugins
sys.modules[PLUGINS] = NoPlugins(PLUGINS)
from pydantic.plugin._loader import get_plugins, PYDANTIC_ENTRY_POINT_GROUP
print(get_plugins(), PYDANTIC_ENTRY_POINT_GROUP, sys.modules[PLUGINS].__class__.__name__)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "() pydantic module\n"
