#pragma once

#include <string>

#include "contracts/run_metrics.h"

namespace reelbatch::store {

/// What a run counted as Prometheus' text exposition. The same counts give the same bytes; every
/// family is there, and a class of running out of memory that did not happen as 0, so that rates
/// exist from the start. A key is the labels `key` (for people) and `key_id`
/// (contracts::BatchKeyId(), for no two keys share it). Invalid UTF-8 as U+FFFD.
/// Source: "Prometheus exposition formats", text format 0.0.4; docs/requirements.md, "Metrics".
std::string MetricsText(const contracts::RunMetrics& metrics);

}  // namespace reelbatch::store
