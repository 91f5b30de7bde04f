#include "base/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "base/json_events.h"

namespace reelbatch::base {
namespace {

void AppendNumber(double value, std::string& text) {
  if (!std::isfinite(value)) {
    text += "null";
    return;
  }
  const double size = std::abs(value);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e15);  // not 1e+05 where 100000.0 fits
  std::array<char, 40> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                 plain ? std::chars_format::fixed : std::chars_format::scientific)
                       .ptr;
  const std::string_view number(digits.data(), end);
  text += number;
  if (number.find_first_of(".e") == std::string_view::npos) text += ".0";
}

// As Json::dump(2) but for its numbers: of some that have a short text it writes all 17 digits.
void Append(const Json& value, const std::string& margin, std::string& text) {
  if (value.is_number_float()) {
    AppendNumber(value.get<double>(), text);
    return;
  }
  if (!value.is_structured() || value.empty()) {
    text += OneLine(value);
    return;
  }
  const std::string inside = margin + "  ";
  text += value.is_object() ? "{" : "[";
  const char* before = "\n";
  for (const auto& item : value.items()) {
    text += before + inside;
    if (value.is_object()) text += OneLine(item.key()) + ": ";
    Append(item.value(), inside, text);
    before = ",\n";
  }
  text += "\n" + margin + (value.is_object() ? "}" : "]");
}

}  // namespace

std::string Pretty(const Json& document) {
  std::string text;
  Append(document, "", text);
  return text + "\n";
}

PrettyList::PrettyList(const Json& document, std::string_view list) {
  // Only a member of the document itself is behind a newline and two spaces: text has no newlines.
  const std::string mark = "\n  " + OneLine(list) + ": []";
  begin_ = Pretty(document);
  const size_t behind = begin_.find(mark) + mark.size();
  end_ = begin_.substr(behind);
  begin_.resize(behind - 1);
}

std::string PrettyList::Next(const Json& element) {
  constexpr std::string_view kMargin = "    ";
  std::string text = empty_ ? "\n" : ",\n";
  empty_ = false;
  text += kMargin;
  Append(element, std::string(kMargin), text);
  return text;
}

std::string PrettyList::End() const { return (empty_ ? "]" : "\n  ]") + end_; }

std::string OneLine(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

double Shortest(float value) {
  if (!std::isfinite(value)) return static_cast<double>(value);
  std::array<char, 32> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
  double shortest = 0;
  std::from_chars(text.data(), written.ptr, shortest);
  return shortest;
}

double Rounded(double value, int decimals) {
  if (!std::isfinite(value)) return value;
  // Through text: multiplying and dividing by a power of ten is off by a digit now and then.
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  double rounded = 0;
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return rounded + 0.0;  // no minus before a zero
}

Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

std::optional<int64_t> BrokenLine(std::string_view text) {
  JsonEvents events;
  if (Json::sax_parse(text, &events)) return std::nullopt;
  const std::string_view sound = text.substr(0, events.broken_at > 0 ? events.broken_at - 1 : 0);
  return std::ranges::count(sound, '\n') + 1;
}

}  // namespace reelbatch::base
