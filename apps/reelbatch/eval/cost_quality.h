#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "eval/report.h"

namespace reelbatch::app {

/// Puts F1 beside the prices of a table: rows of cut_detection get that of the eval row named after their preset, or
/// after preset and decision ("fast-adaptive"): of all events where hard and soft ran, of hard cuts where hard ran alone.
/// The number of rows that got one.
/// Errors: as costs::ParseTable(), io, invalid_argument (no row fits).
base::Result<int> PutQuality(const std::filesystem::path& table, const std::vector<eval::Row>& rows);

}  // namespace reelbatch::app
