#pragma once

#include <string>

#include "base/json_text.h"
#include "engine/batch_log.h"

namespace reelbatch::app {

/// For people: a row per component whose work was batched; empty where there were no batches.
std::string BatchesText(const engine::BatchLog& log, bool color);
/// The same as an object by component.
base::Json BatchesJson(const engine::BatchLog& log);

}  // namespace reelbatch::app
