# Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
"""Counts the test targets in a file that Bazel wrote for --build_event_json_file.

Prints "PASSED FAILED". A test target that did not build counts as failed; one that built and was left out by its tags not at all.
"""

import json
import sys


def main():
    tests = set()
    built = set()
    passed = set()
    failed = set()
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
                good = event["testSummary"]["overallStatus"] in ("PASSED", "FLAKY")
                (passed if good else failed).add(name["testSummary"]["label"])
    failed |= tests - built - passed
    print(len(passed), len(failed))


if __name__ == "__main__":
    main()
