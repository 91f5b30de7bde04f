#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reelbatch::base {

/// Why a text is not JSON, with the line (counted from 1) and the remedy, to stand behind the name
/// of its file; none if it is JSON.   Example: "is not valid JSON in line 2: correct it, or restore
/// the file from a copy".
std::optional<std::string> WhyNotJson(std::string_view text);

}  // namespace reelbatch::base
