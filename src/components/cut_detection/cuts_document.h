#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "components/cut_detection/cuts_record.h"

namespace reelbatch::components {

inline constexpr std::string_view kCutsSchema = "reelbatch_cuts_v1";

/// cuts.json: `reelbatch_cuts_v1`, indented by two spaces, ends with a newline. Fields in the order
/// of the requirements, then `statistics`. Times are rounded to microseconds, as ffprobe prints
/// them, confidence and strength to four decimals: numbers that people can read.
/// Source: docs/requirements.md, "cuts.json".
std::string CutsDocument(const CutsRecord& record);

/// The way back. `name` is what errors call the file. Unknown fields are ignored.
/// Errors: corrupt (not JSON, another schema, a field is missing or of another type: the context is
/// "name: field").
base::Result<CutsRecord> ParseCutsDocument(std::string_view json, std::string_view name);

/// Both ways as a component's document.
contracts::ComponentDocument CutsFile(std::string file);

}  // namespace reelbatch::components
