// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/commands/cli.h"

int main(int argc, char** argv) { return pteron::RunPteron(argc, argv); }
