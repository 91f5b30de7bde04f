#include "base/not_json.h"

#include <fmt/format.h>

#include "base/json_events.h"
#include "base/json_text.h"

namespace reelbatch::base {

std::optional<std::string> WhyNotJson(std::string_view text) {
  const auto line = BrokenLine(text);
  if (!line) return std::nullopt;
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos)
    return "is empty, but must be a JSON file: restore it from a copy";
  if (text[first] != '{' && text[first] != '[')
    return "is not a JSON file, because its text does not begin with {";
  JsonEvents events;
  (void)Json::sax_parse(text, &events);
  const size_t broken_at = events.broken_at > 0 ? events.broken_at - 1 : 0;
  if (text.find_first_not_of(kBlanks, broken_at) == std::string_view::npos) {
    return fmt::format(
        "is JSON that ends early, in line {}: write the file again, or restore it from a copy",
        *line);
  }
  return fmt::format("is not valid JSON in line {}: correct it, or restore the file from a copy",
                     *line);
}

}  // namespace reelbatch::base
