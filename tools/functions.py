#!/usr/bin/env python3
# Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
"""Maps the kernel functions that are modelled to the files that model them and to the rules that they ask.

usage: tools/functions.py [--check]   from the root of the repository

Writes docs/functions.md; with --check compares instead, and also wants a comment above every modelled function, at its definition or
at its declaration. Exit status 1 where something is missing or stale.
"""

import glob
import re
import sys

PAGE = "docs/functions.md"
# A definition or declaration that starts in the first column, has a kernel's name (snake_case), and takes a machine or a VMA.
DEFINITION = re.compile(r"^(?:static |inline |constexpr )*[A-Za-z_:<>0-9]+[&*]? ([a-z_][a-z0-9_]*)\((.*)$")
RULE = re.compile(r"\brules(?:\(\))?\.([a-z]+)\.([a-z_0-9]+)")
LOCAL_RULES = re.compile(r"\b([a-z]\w*)Rules& rules = m\.rules\(\)\.([a-z]+)")


def functions(path):
    """(name, line number, whether a comment stands above, parameters, body) of each definition in a file."""
    lines = open(path).read().split("\n")
    for i, line in enumerate(lines):
        match = DEFINITION.match(line)
        if not match or line.endswith(";") and path.endswith(".cc"):
            continue
        end = i
        while end < len(lines) and not lines[end].startswith("}") and not (lines[i].rstrip().endswith("}")):
            end += 1
            if lines[end - 1].rstrip().endswith(";") and end - 1 == i:
                break
        above = i - 1
        commented = above >= 0 and lines[above].startswith("//")
        yield match.group(1), i + 1, commented, match.group(2), "\n".join(lines[i : end + 1])


def rules_asked(text):
    """"family.field" of every rule that a piece of code asks."""
    asked = {f"{family}.{field}" for family, field in RULE.findall(text)}
    for _, family in re.findall(r"(\w+)Rules& rules = m\.rules\(\)\.([a-z]+)", text):
        asked |= {f"{family}.{field}" for field in re.findall(r"\brules\.([a-z_0-9]+)\b(?!\()", text)}
    return {rule for rule in asked if rule.count(".") == 1}


def collect():
    declared = set()
    for path in sorted(glob.glob("src/**/*.h", recursive=True) + glob.glob("include/**/*.h", recursive=True)):
        lines = open(path).read().split("\n")
        comment = False
        for line in lines:
            if line.startswith("//"):
                comment = True
            elif not line.strip():
                comment = False
            elif comment and DEFINITION.match(line):
                declared.add(DEFINITION.match(line).group(1))
    rows, missing = [], []
    for path in sorted(glob.glob("src/mm/*.cc") + glob.glob("src/fs/**/*.cc", recursive=True) + glob.glob("src/cpu/*.cc")):
        for name, line, commented, parameters, body in functions(path):
            if "MachineState& m" not in parameters and "MachineState& m" not in body.split("\n")[0]:
                continue
            rows.append((name, path, sorted(rules_asked(body))))
            if not commented and name not in declared:
                missing.append(f"{path}:{line}: {name}() has no contract comment")
    return sorted(set((n, p, tuple(r)) for n, p, r in rows)), missing


def page(rows):
    text = """# Kernel functions and where they are

Made by `tools/functions.py` from the code; `tests/docs/functions_test.cc` checks that it is fresh. A function that several files list has
parts in each. The rules are fields of `Rules` (include/pteron/kernel/rules/); `pteron changes` says which commit turns them.

| kernel function | here | rules it asks itself |
|---|---|---|
"""
    for name, path, rules in rows:
        text += f"| `{name}` | `{path}` | {', '.join(f'`{rule}`' for rule in rules)} |\n"
    return text


def main():
    rows, missing = collect()
    text = page(rows)
    if "--check" not in sys.argv[1:]:
        open(PAGE, "w").write(text)
        return 0
    for line in missing:
        print(line)
    stale = open(PAGE).read() != text
    if stale:
        print(f"{PAGE} is stale; run tools/functions.py")
    return 1 if missing or stale else 0


if __name__ == "__main__":
    sys.exit(main())
