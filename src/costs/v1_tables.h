#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "costs/table_json.h"

namespace reelbatch::costs {

/// The three tables of the origin's scheduler: resource_costs_cut_detection_v1, _soft_v1,
/// _motion_v1.
enum class V1Part : uint8_t { kHard, kSoft, kMotion };
std::string_view V1Schema(V1Part part);
/// "detect_hard_cuts(cpu_no_deep)" and so on.
std::string_view V1PartName(V1Part part);

/// Rows of device profile `device`. What has no place in a row is kept in `extra`, so that
/// ExportV1() gives an equal document again. A table without a commit is warned about; `out_json`
/// that leads out of its folder, too: nothing ever opens it. A row that says again what another
/// says is warned about and left out. Errors: corrupt (also: rows that contradict each other):
/// names file, row and field.
base::Result<LoadedTable> ImportV1(std::string_view text, std::string_view name,
                                   std::string_view device);

/// The rows of one part that lie in a bucket and were measured alone, in order.
/// Errors: invalid_argument (there is none: says what measures them; several that the table cannot
/// tell apart: says
///         how to choose).
base::Result<std::string> ExportV1(const contracts::CostTable& table, V1Part part);

}  // namespace reelbatch::costs
