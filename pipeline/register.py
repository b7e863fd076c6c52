"""Complete the runs in MLflow, register the model version and let the gate judge it.

What is done already is not done again.
"""

from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.registry.registration import judge_registration, register_model
from rnnops.tracking import store


def main() -> str:
    params = load_params()
    client = store.connect()
    registered = register_model(client, params)
    verdict = judge_registration(client, registered, params)
    summary = registered.summary(verdict)
    files.write_text(registered.verdict_page(verdict), layout.GATE_REPORT)
    files.write_json(summary, layout.REGISTER_REPORT)
    return (
        f"register: {summary['model']} version {summary['version']} {summary['status']}, "
        f"gate: {summary['verdict']}, run {summary['run_id']}"
    )


if __name__ == "__main__":
    run_stage(main)
