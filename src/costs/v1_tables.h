#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "costs/table_json.h"

namespace reelbatch::costs {

/// The three tables of the original scheduler: resource_costs_cut_detection_v1, _soft_v1,
/// _motion_v1.
enum class V1Part : uint8_t { kHard, kSoft, kMotion };
std::string_view V1Schema(V1Part part);
/// "detect_hard_cuts(cpu_no_deep)" and so on.
std::string_view V1PartName(V1Part part);

/// Rows of device profile `device`. Members without a place in a row are kept in `extra`, so that
/// ExportV1() gives an equal document again. A table without a commit gives a warning; an
/// `out_json` outside of its folder, too: it is never opened. A row that repeats another is ignored
/// with a warning. Errors: corrupt (also: rows that contradict each other): the message has file,
/// row and field.
base::Result<LoadedTable> ImportV1(std::string_view text, std::string_view name,
                                   std::string_view device);

/// The rows of one part in a bucket that were measured alone, in order.
/// Errors: invalid_argument (there is none: the message has the command that measures them; several
/// that the table cannot distinguish: the message says
///         how to choose).
base::Result<std::string> ExportV1(const contracts::CostTable& table, V1Part part);

}  // namespace reelbatch::costs
