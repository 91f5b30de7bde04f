#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contracts/limit_record.h"

namespace reelbatch::store {

inline constexpr std::string_view kLimitsSchema = "reelbatch_limits_v1";

/// <folder>/.reelbatch/limits.json: the batch sizes that ran out of memory, by key and device.
std::string LimitsDocument(const std::vector<contracts::LimitRecord>& limits);

/// Errors: corrupt (context is "name: field").
base::Result<std::vector<contracts::LimitRecord>> ParseLimits(std::string_view json,
                                                              std::string_view name);

}  // namespace reelbatch::store
