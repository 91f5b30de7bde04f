#pragma once

#include <string>

#include "contracts/run_metrics.h"

namespace reelbatch::store {

/// The counters of a run in Prometheus' text format. The same counters give the same bytes; every
/// family is present, and classes of running out of memory that did not happen are 0, so that rates
/// exist from the start. A key has the labels `key` (for people) and `key_id`
/// (contracts::BatchKeyId(), which is unique). Invalid UTF-8 becomes U+FFFD.
/// Source: "Prometheus exposition formats", text format 0.0.4; docs/requirements.md, "Metrics".
std::string MetricsText(const contracts::RunMetrics& metrics);

}  // namespace reelbatch::store
