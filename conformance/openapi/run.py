#!/usr/bin/env python3
"""What tools for OpenAPI make of the descriptions, against a sandbox.

Usage: conformance/openapi/run.py [FOLDER]

FOLDER holds the tools, and what is generated; by default target/tools. Needs npm, node, and the
sandbox as `cargo build -p vendor-sandbox` leaves it.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDER = ROOT / (sys.argv[1] if len(sys.argv) > 1 else "target/tools") / "openapi"
PYTHON = FOLDER / "python/bin"
NODE = FOLDER / "node"
VENDORS = ["cegid-loop", "geoplanning", "ocean-geomission"]
SEED = "1"
EXAMPLES = "5"
# What Schemathesis checks. A request that the description allows may be refused by a rule of the
# vendor's, which is for checks.py; what holds for no operation is not in a description.
CHECKS = ",".join(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "missing_required_header",
        "ignored_auth",
        "refused_by_a_rule",
    ]
)


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, **options)


def install():
    run(sys.executable, "-m", "venv", FOLDER / "python")
    run(PYTHON / "pip", "install", "--quiet", "-r", HERE / "requirements.txt")
    NODE.mkdir(exist_ok=True)
    for name in ["package.json", "package-lock.json"]:
        shutil.copy(HERE / name, NODE)
    run("npm", "ci", "--silent", "--no-audit", "--no-fund", cwd=NODE)


def lint():
    descriptions = [ROOT / f"docs/openapi/{vendor}.json" for vendor in VENDORS]
    redocly = NODE / "node_modules/.bin/redocly"
    run(redocly, "lint", "--config", HERE / "redocly.yaml", *descriptions, env=quiet())
    for description in descriptions:
        run(PYTHON / "openapi-spec-validator", description)


def quiet():
    return os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


class Sandbox:
    """The program, on ports of its own. Cegid Loop asks for the header that its pages ask for."""

    def __enter__(self):
        strict = "cegid-loop.content_type=application/json"
        program = ROOT / "target/debug/vendor-sandbox"
        self.process = subprocess.Popen(
            [program, "--port-base", "0", "--set", strict], stdout=subprocess.PIPE, text=True
        )
        for line in self.process.stdout:
            if line.startswith("Remote control"):
                self.control = line.split()[-1]
                return self
        raise SystemExit("the sandbox did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def description(self, vendor):
        return f"{self.control}/_sandbox/openapi/{vendor}.json"

    def url(self, vendor):
        with urllib.request.urlopen(self.description(vendor)) as response:
            return json.load(response)["servers"][0]["url"]

    def token(self):
        """A token of Océan Géomission's."""
        login = {"login": "dispatcher@example.com", "password": "sandbox-password"}
        request = urllib.request.Request(
            self.url("ocean-geomission") + "/restapi/auth/authenticate2",
            data=json.dumps(login).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as response:
            return json.load(response)["token"]

    def credentials(self, vendor):
        return {
            "cegid-loop": [
                "--header=Ocp-Apim-Subscription-Key:sandbox-subscription-key",
                "--header=x-apikey:sandbox-key:sandbox-client-secret",
            ],
            "geoplanning": ["--auth=planner@example.com:sandbox-password"],
            "ocean-geomission": [f"--header=X-AUTH-TOKEN:{self.token()}"],
        }[vendor]


def schemathesis(sandbox):
    seen = FOLDER / "rules-seen"
    seen.write_text("")
    running = []
    for vendor in VENDORS:
        command = [
            PYTHON / "schemathesis",
            "run",
            sandbox.description(vendor),
            f"--url={sandbox.url(vendor)}",
            *sandbox.credentials(vendor),
            "--phases=examples,coverage,fuzzing",
            f"--seed={SEED}",
            f"--max-examples={EXAMPLES}",
            f"--checks={CHECKS}",
            "--generation-database=none",
            "--warnings=off",
            "--no-color",
        ]
        environment = os.environ | {
            "SCHEMATHESIS_HOOKS": "checks",
            "PYTHONPATH": str(HERE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "VENDOR": vendor,
            "RULES_SEEN": str(seen),
        }
        log = FOLDER / f"schemathesis-{vendor}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                command, cwd=FOLDER, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        running.append((vendor, log, process))
    failed = [log.read_text() for _, log, process in running if process.wait() != 0]
    if failed:
        raise SystemExit("\n".join(failed))
    for vendor, log, _ in running:
        summary = [line.strip() for line in log.read_text().splitlines() if "generated" in line]
        print(f"{vendor}: {summary[-1]}")
    rules = {rule["says"] for rule in tomllib.loads((HERE / "rules.toml").read_text())["rule"]}
    needed = rules & set(seen.read_text().splitlines())
    print(f"rules of rules.toml that refused something: {len(needed)} of {len(rules)}")


def python_client(sandbox):
    generated = FOLDER / "python-clients"
    shutil.rmtree(generated, ignore_errors=True)
    generated.mkdir()
    path = os.environ | {"PATH": f"{PYTHON}:{os.environ['PATH']}"}
    for vendor in VENDORS:
        package = generated / f"{vendor.replace('-', '_')}_client"
        description = ROOT / f"docs/openapi/{vendor}.json"
        run(
            PYTHON / "openapi-python-client",
            "generate",
            f"--path={description}",
            "--meta=none",
            f"--output-path={package}",
            "--fail-on-warning",
            env=path,
            stdout=subprocess.DEVNULL,
        )
    path["PYTHONPATH"] = str(generated)
    run(PYTHON / "python", HERE / "client.py", *map(sandbox.url, VENDORS), env=path)


def typescript_client(sandbox):
    bin = NODE / "node_modules/.bin"
    source = NODE / "src"
    source.mkdir(exist_ok=True)
    for vendor in VENDORS:
        description = ROOT / f"docs/openapi/{vendor}.json"
        output = source / f"{vendor}.ts"
        run(bin / "openapi-typescript", description, "-o", output, stdout=subprocess.DEVNULL)
    shutil.copy(HERE / "client.ts", source)
    options = ["--strict", "--module", "nodenext", "--target", "es2022", "--skipLibCheck"]
    run(bin / "tsc", *options, "--outDir", NODE / "out", source / "client.ts", cwd=NODE)
    run("node", NODE / "out/client.js", *map(sandbox.url, VENDORS))


def main():
    install()
    lint()
    with Sandbox() as sandbox:
        python_client(sandbox)
        typescript_client(sandbox)
        schemathesis(sandbox)


if __name__ == "__main__":
    main()
