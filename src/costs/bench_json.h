#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "costs/table_json.h"

namespace reelbatch::costs {

/// checklist_components_micro_results.json of the origin: parts and sub-steps at one size.
/// As ImportV1(): rows of `device`, what has no place is kept, ExportMicro() gives an equal
/// document again.
base::Result<LoadedTable> ImportMicro(std::string_view text, std::string_view name,
                                      std::string_view device);
/// The rows of the first row's size that were measured alone. Errors: invalid_argument (none;
/// several of one part: says how to choose).
base::Result<std::string> ExportMicro(const contracts::CostTable& table);

/// matrix_results.json of the origin: one part over sizes, aspects and presets.
base::Result<LoadedTable> ImportMatrix(std::string_view text, std::string_view name,
                                       std::string_view device);
/// The rows of the first row's part that were measured alone. Errors: as ExportV1().
base::Result<std::string> ExportMatrix(const contracts::CostTable& table);

/// Any document of the origin, or one of ours, by what it holds.
/// Errors: corrupt (also: nothing that is known).
base::Result<LoadedTable> ImportAny(std::string text, std::string_view name,
                                    std::string_view device);

}  // namespace reelbatch::costs
