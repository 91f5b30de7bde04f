#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "eval/report.h"

namespace reelbatch::app {

/// Puts F1 beside the prices of a table: rows of cut_detection get that of the eval row named after
/// their preset, or after preset and decision ("fast-adaptive"): of all events where hard and soft
/// ran, of hard cuts where hard ran alone. The number of rows that got one. Errors: as
/// costs::ParseTable(), io, invalid_argument (no row fits).
base::Result<int> PutQuality(const std::filesystem::path& table,
                             const std::vector<eval::Row>& rows);

/// The same with how much a preset's events are those of preset default, by preset; what is there
/// of truth stays.
base::Result<int> PutAgainstDefault(const std::filesystem::path& table,
                                    const std::map<std::string, double>& f1_by_preset,
                                    const std::string& report);

}  // namespace reelbatch::app
