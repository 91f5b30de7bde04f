#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace reelbatch::app {

/// What people type as values. Errors: invalid_argument, with the valid values or range and the
/// nearest spelling.

/// The index of `text` in `choices`.
base::Result<size_t> ParseChoice(const std::string& text, std::span<const std::string> choices);

/// The words between commas, empty ones too.
std::vector<std::string> SplitAtCommas(const std::string& text);

/// Words between commas, each one of `choices`, none twice, at least one.
base::Result<std::vector<std::string>> ParseChoices(const std::string& text,
                                                    std::span<const std::string> choices);

base::Result<int> ParseInteger(const std::string& text, int low, int high);

/// A finite decimal number above `low` and at most `high`.
base::Result<double> ParseAbove(const std::string& text, double low, double high);

/// A rate such as 25, 29.97 or 30000/1001, above 0 and at most `high`.
base::Result<double> ParseRate(const std::string& text, double high);

/// true/false, yes/no, on/off, 1/0.
base::Result<bool> ParseSwitch(const std::string& text);

/// Stores a parsed value, or returns the error.
template <class T, class U>
base::Status Store(base::Result<T> parsed, U& target) {
  if (!parsed) return std::unexpected(parsed.error());
  target = std::move(*parsed);
  return {};
}

}  // namespace reelbatch::app
