#include "apps/reelbatch/option_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "apps/reelbatch/terminal.h"
#include "base/suggest.h"

namespace reelbatch::app {
namespace {

std::string Quoted(const std::string& text) { return "'" + OneLine(text) + "'"; }

}  // namespace

base::Result<size_t> ParseChoice(const std::string& text, std::span<const std::string> choices) {
  const auto found = std::find(choices.begin(), choices.end(), text);
  if (found != choices.end()) return static_cast<size_t>(found - choices.begin());
  const std::string valid = choices.size() == 1
                                ? fmt::format("is not valid; the only value is '{}'", choices[0])
                                : fmt::format("is not one of {}", fmt::join(choices, ", "));
  return base::Fail(base::Code::kInvalidArgument,
                    fmt::format("{} {}{}", Quoted(text), valid, base::DidYouMean(text, choices)));
}

std::vector<std::string> SplitAtCommas(const std::string& text) {
  std::vector<std::string> words;
  for (size_t from = 0; from <= text.size();) {
    const size_t comma = std::min(text.find(',', from), text.size());
    words.push_back(text.substr(from, comma - from));
    from = comma + 1;
  }
  return words;
}

base::Result<std::vector<std::string>> ParseChoices(const std::string& text,
                                                    std::span<const std::string> choices) {
  std::vector<std::string> words;
  for (std::string& word : SplitAtCommas(text)) {
    if (const auto valid = ParseChoice(word, choices); !valid)
      return std::unexpected(valid.error());
    if (std::find(words.begin(), words.end(), word) == words.end())
      words.push_back(std::move(word));
  }
  return words;
}

base::Result<int> ParseInteger(const std::string& text, int low, int high) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  const bool number = stop == end && !text.empty() && code != std::errc::invalid_argument;
  if (!number || code != std::errc() || value < low || value > high) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("{} is {}; use a whole number from {} to {}", Quoted(text),
                                  number ? "out of range" : "not a whole number", low, high));
  }
  return value;
}

base::Result<double> ParseAbove(const std::string& text, double low, double high) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  const bool number =
      stop == end && !text.empty() && code != std::errc::invalid_argument && !std::isnan(value);
  if (!number || code != std::errc() || !(value > low && value <= high)) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("{} is {}; use a number above {} and at most {}", Quoted(text),
                                  number ? "out of range" : "not a number", low, high));
  }
  return value;
}

base::Result<double> ParseRate(const std::string& text, double high) {
  const size_t slash = text.find('/');
  if (slash == std::string::npos) return ParseAbove(text, 0, high);
  constexpr double kLargestTerm = 1e9;
  const auto above = ParseAbove(text.substr(0, slash), 0, kLargestTerm);
  const auto below = ParseAbove(text.substr(slash + 1), 0, kLargestTerm);
  if (above && below && *above / *below <= high) return *above / *below;
  return base::Fail(
      base::Code::kInvalidArgument,
      fmt::format(
          "{} is not a rate; use a number above 0 and at most {}, or a fraction such as 30000/1001",
          Quoted(text), high));
}

base::Result<bool> ParseSwitch(const std::string& text) {
  for (const char* yes : {"true", "yes", "on", "1"}) {
    if (text == yes) return true;
  }
  for (const char* no : {"false", "no", "off", "0"}) {
    if (text == no) return false;
  }
  return base::Fail(base::Code::kInvalidArgument,
                    fmt::format("{} is neither true nor false", Quoted(text)));
}

}  // namespace reelbatch::app
