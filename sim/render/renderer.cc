// Copyright 2026 The Pteron Authors. SPDX-License-Identifier: Apache-2.0
#include "sim/render/renderer.h"

#include <utility>

#include "sim/render/json.h"
#include "sim/render/ktap.h"
#include "sim/render/raw.h"
#include "sim/render/text.h"

namespace pteron::render {

std::unique_ptr<Renderer> MakeRenderer(std::string_view format, const Plan& plan, Sink sink) {
  if (format == "text") return std::make_unique<TextRenderer>(std::move(sink));
  if (format == "raw") return std::make_unique<RawRenderer>(plan, std::move(sink));
  if (format == "ktap") return std::make_unique<KtapRenderer>(plan, std::move(sink));
  if (format == "json") return std::make_unique<JsonRenderer>(std::move(sink));
  return nullptr;
}

}  // namespace pteron::render
