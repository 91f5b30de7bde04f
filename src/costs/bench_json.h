#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "costs/table_json.h"

namespace reelbatch::costs {

/// checklist_components_micro_results.json of the original programs: parts and steps at one size.
/// As ImportV1(): rows of `device`, other members are kept, and ExportMicro() gives an equal
/// document again.
base::Result<LoadedTable> ImportMicro(std::string_view text, std::string_view name,
                                      std::string_view device);
/// The rows with the size of the first row that were measured alone. Errors: invalid_argument
/// (none; several of one part: the message says how to choose).
base::Result<std::string> ExportMicro(const contracts::CostTable& table);

/// matrix_results.json of the original programs: one part over sizes, aspects and presets.
base::Result<LoadedTable> ImportMatrix(std::string_view text, std::string_view name,
                                       std::string_view device);
/// The rows with the part of the first row that were measured alone. Errors: as ExportV1().
base::Result<std::string> ExportMatrix(const contracts::CostTable& table);

/// Any document of the original programs, or a table of ours, recognised by its contents.
/// Errors: corrupt (also: an unknown document).
base::Result<LoadedTable> ImportAny(std::string text, std::string_view name,
                                    std::string_view device);

}  // namespace reelbatch::costs
