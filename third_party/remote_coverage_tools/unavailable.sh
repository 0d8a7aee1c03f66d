#!/bin/sh
# Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
echo "coverage is not set up in this build" >&2
exit 1
