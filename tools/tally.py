# Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
"""Counts the test targets in a file that Bazel wrote for --build_event_json_file.

Prints "PASSED FAILED", then the name of each that failed and, indented, the end of what it printed. A test target that did not build counts
as failed; one that built and was left out by its tags not at all.
"""

import json
import sys
import urllib.parse

LAST_LINES = 25


def end_of_log(uri):
    try:
        with open(urllib.parse.unquote(urllib.parse.urlparse(uri).path), encoding="utf-8", errors="replace") as log:
            return log.read().rstrip().split("\n")[-LAST_LINES:]
    except OSError as error:
        return [str(error)]


def main():
    tests = set()
    built = set()
    passed = set()
    failed = set()
    logs = {}
    with open(sys.argv[1], encoding="utf-8") as events:
        for line in events:
            event = json.loads(line)
            name = event.get("id", {})
            if "targetConfigured" in name:
                if "testSize" in event.get("configured", {}):
                    tests.add(name["targetConfigured"]["label"])
            elif "targetCompleted" in name:
                if event.get("completed", {}).get("success"):
                    built.add(name["targetCompleted"]["label"])
            elif "testSummary" in name and "testSummary" in event:
                label = name["testSummary"]["label"]
                good = event["testSummary"]["overallStatus"] in ("PASSED", "FLAKY")
                (passed if good else failed).add(label)
                logs[label] = [log["uri"] for log in event["testSummary"].get("failed", [])]
    failed |= tests - built - passed
    print(len(passed), len(failed))
    for label in sorted(failed):
        print(label if label in logs else f"{label}: did not build")
        for uri in logs.get(label, []):
            for line in end_of_log(uri):
                print(f"    {line}")


if __name__ == "__main__":
    main()
