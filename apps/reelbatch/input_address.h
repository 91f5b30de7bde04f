#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace reelbatch::app {

/// Whether `name` is written as an address ("file:...", "https://...") and no file has that name:
/// what exists wins over any reading as an address.
bool IsAddress(const std::string& name);

/// The path of a file: address, percent-decoded: file:///a%20b.mp4, file://localhost/a.mp4,
/// file:/a.mp4. Errors: invalid_argument: another scheme, another machine, a wrong %; the message
/// is one line with the remedy.
base::Result<std::filesystem::path> PathOfAddress(std::string_view address);

}  // namespace reelbatch::app
