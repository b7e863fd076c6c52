import importlib.util
from pathlib import Path

import pytest

MUTANTS = Path(__file__).parents[2] / "benchmarks" / "mutants.py"
SPEC = importlib.util.spec_from_file_location("mutants", MUTANTS)
mutants = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(mutants)

PRINTED = """
    rnnops.gate.judge.x_judge__mutmut_1: killed
    rnnops.gate.judge.x_judge__mutmut_2: survived
    rnnops.gate.verdict.xǁCheckǁto_json__mutmut_3: no tests
"""
SHOWN = """
# rnnops.gate.judge.x_judge__mutmut_2: survived
--- src/rnnops/gate/judge.py
+++ src/rnnops/gate/judge.py
@@ -1,3 +1,3 @@
 def judge():
-    return a > 0
+    return a >= 0
"""
CHANGES = {
    "gate/judge.py judge 2": "- return a > 0\n+ return a >= 0",
    "gate/verdict.py Check.to_json 3": "- x\n+ y",
}


def test_the_page_counts_mutants_by_module_and_lists_survivors_with_their_change():
    found = mutants.read_mutants(PRINTED)
    assert mutants.read_change(SHOWN) == CHANGES["gate/judge.py judge 2"]
    page = mutants.render_page(found, CHANGES, {"gate/judge.py judge 2": "a is never 0"})
    assert "| gate/judge.py | 2 | 1 | 1 | 0 |" in page
    assert "| gate/verdict.py | 1 | 0 | 0 | 1 |" in page
    assert "| all | 3 | 1 | 1 | 1 |" in page
    assert page.index("Check.to_json 3`: not explained") < page.index("judge 2`: a is never 0")
    assert "  + return a >= 0\n" in page


def test_an_explanation_of_a_mutant_that_is_killed_is_an_error():
    found = mutants.read_mutants(PRINTED)
    with pytest.raises(SystemExit, match="judge 1"):
        mutants.render_page(found, CHANGES, {"gate/judge.py judge 1": "wrong"})
    mutants.render_page(found, CHANGES, {"split/splits.py assign_splits 1": "was not run"})
