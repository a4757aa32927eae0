"""What Schemathesis checks beside its own: that a valid request is refused by a rule on record only.

Takes the vendor from VENDOR, and adds the rules that it came across to the file RULES_SEEN.
"""

import json
import os
import re
import tomllib
from pathlib import Path

import schemathesis

VENDOR = os.environ["VENDOR"]
SEEN = Path(os.environ["RULES_SEEN"])
RULES = [
    rule
    for rule in tomllib.loads(Path(__file__).with_name("rules.toml").read_text())["rule"]
    if rule["vendor"] == VENDOR
]


@schemathesis.check
def refused_by_a_rule(ctx, response, case):
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    if response.status_code != 400 or not is_valid:
        return
    body = json.loads(response.content)
    message = body["message"] if "message" in body else body["status"]["message"]
    for sentence in message.split("; "):
        rule = next((rule for rule in RULES if re.fullmatch(rule["says"], sentence)), None)
        if rule is None:
            raise AssertionError(f"Refused, and by no rule in rules.toml: {sentence}")
        with SEEN.open("a") as seen:
            print(rule["says"], file=seen)
